//! The Lambda function `check-in`.

use check_in::{CheckInFunction, handle};
use http_api::{Clock, Settings, lambda, telemetry};
use lambda_http::{Error, Request, run, service_fn};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    telemetry::init();
    let sdk = lambda::sdk_config();
    let function = CheckInFunction::connect(&Settings::from_env()?, &sdk, Clock::system()).await?;
    let function = &function;
    run(service_fn(move |request: Request| async move { Ok::<_, Error>(handle(function, request).await) })).await
}
