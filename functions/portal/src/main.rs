//! The Lambda function `portal`.

use http_api::{Clock, Settings, telemetry};
use lambda_http::{Error, Request, run, service_fn};
use portal::{Portal, handle};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    telemetry::init();
    let function = &Portal::new(&Settings::from_env()?, Clock::system());
    run(service_fn(move |request: Request| async move { Ok::<_, Error>(handle(function, request).await) })).await
}
