//! The Lambda function `mint-token`.

use http_api::{Clock, Settings, lambda, telemetry};
use lambda_http::{Error, Request, run, service_fn};
use mint_token::{MintToken, handle};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    telemetry::init();
    let sdk = lambda::sdk_config();
    let function = MintToken::connect(&Settings::from_env()?, &sdk, Clock::system()).await?;
    let function = &function;
    run(service_fn(move |request: Request| async move { Ok::<_, Error>(handle(function, request).await) })).await
}
