//! The Lambda function `account`.

use account::{AccountFunction, handle};
use http_api::{Clock, Settings, telemetry};
use lambda_http::{Error, Request, run, service_fn};

#[tokio::main]
async fn main() -> Result<(), Error> {
    telemetry::init();
    let sdk = aws_config::load_from_env().await;
    let function = AccountFunction::connect(&Settings::from_env()?, &sdk, Clock::system()).await?;
    let function = &function;
    run(service_fn(move |request: Request| async move { Ok::<_, Error>(handle(function, request).await) })).await
}
