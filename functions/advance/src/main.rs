//! The Lambda function `advance`.

use advance::Advance;
use http_api::{Clock, Settings, lambda, telemetry};
use jiff::Timestamp;
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use serde_json::Value;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    telemetry::init();
    let sdk = lambda::sdk_config();
    let function = Advance::connect(&Settings::from_env()?, &sdk, Clock::system()).await?;
    let function = &function;
    run(service_fn(move |event: LambdaEvent<Value>| async move {
        let deadline = i64::try_from(event.context.deadline).ok().and_then(|at| Timestamp::from_millisecond(at).ok());
        Ok::<(), Error>(function.run(deadline).await?)
    }))
    .await
}
