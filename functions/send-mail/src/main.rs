//! The Lambda function `send-mail`.

use http_api::{Clock, Settings, lambda, telemetry};
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use send_mail::{Invocation, SendMail};
use stream::BatchAnswer;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    telemetry::init();
    let sdk = lambda::sdk_config();
    let function = SendMail::connect(&Settings::from_env()?, &sdk, Clock::system()).await?;
    let function = &function;
    run(service_fn(move |event: LambdaEvent<Invocation>| async move {
        Ok::<BatchAnswer, Error>(match event.payload {
            Invocation::Stream(event) => BatchAnswer::of(function.handle_stream(event).await),
            Invocation::Feedback(event) => {
                function.handle_feedback(event).await?;
                BatchAnswer::default()
            }
            Invocation::Schedule { .. } => {
                function.sweep().await?;
                BatchAnswer::default()
            }
        })
    }))
    .await
}
