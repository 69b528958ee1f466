//! The HTTP client of the SDKs, which trouble comes to.

use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream;
use serde_json::{Value, json};

use super::{Asked, Trouble, Troubles};

/// A client that the troubles come to.
pub(super) fn client(troubles: Troubles) -> SharedHttpClient {
    let inner = Builder::new().tls_provider(Provider::Rustls(CryptoMode::AwsLc)).build_https();
    SharedHttpClient::new(Client { inner, troubles })
}

#[derive(Debug)]
struct Client {
    inner: SharedHttpClient,
    troubles: Troubles,
}

impl HttpClient for Client {
    fn http_connector(&self, settings: &HttpConnectorSettings, components: &RuntimeComponents) -> SharedHttpConnector {
        let inner = self.inner.http_connector(settings, components);
        SharedHttpConnector::new(Connector { inner, troubles: self.troubles.clone() })
    }
}

#[derive(Debug)]
struct Connector {
    inner: SharedHttpConnector,
    troubles: Troubles,
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let body = request.body().bytes().unwrap_or_default().to_vec();
        let operation = operation(&request);
        let reads_loosely = ["GetItem", "Query"].contains(&operation.as_str()) && !is_consistent(&body);
        let stale = if reads_loosely { self.troubles.stale(&body) } else { None };
        let asked = Asked { operation, may_be_stale: stale.is_some() };
        let (troubles, trouble) = (self.troubles.clone(), self.troubles.comes_to(&asked));
        match (trouble, stale) {
            (Some(Trouble::Stale), Some(answer)) => return HttpConnectorFuture::ready(Ok(answered(200, answer))),
            (Some(Trouble::Conflict), _) => return HttpConnectorFuture::ready(Ok(conflict(&asked, &body))),
            (Some(Trouble::Throttled), _) => return HttpConnectorFuture::ready(Ok(throttled())),
            (Some(Trouble::LostRequest), _) => return HttpConnectorFuture::ready(Err(lost("the request"))),
            _ => {}
        }
        let answer = self.inner.call(request);
        HttpConnectorFuture::new(async move {
            let mut answer = answer.await?;
            if troubles.counts() && !asked.operation.is_empty() {
                let body;
                (answer, body) = whole(answer).await?;
                troubles.charge(&asked, &body);
            }
            if trouble == Some(Trouble::LostAnswer) {
                return Err(lost("the answer"));
            }
            if reads_loosely { keep(&troubles, body, answer).await } else { Ok(answer) }
        })
    }
}

/// Reads an answer to its end, so that it can be given again.
async fn keep(troubles: &Troubles, asked: Vec<u8>, answer: HttpResponse) -> Result<HttpResponse, ConnectorError> {
    if !answer.status().is_success() {
        return Ok(answer);
    }
    let (answer, body) = whole(answer).await?;
    troubles.saw(asked, &body);
    Ok(answer)
}

/// An answer with its body as bytes.
async fn whole(mut answer: HttpResponse) -> Result<(HttpResponse, Vec<u8>), ConnectorError> {
    let body = collect(answer.take_body()).await.map_err(|error| ConnectorError::io(error.into()))?;
    *answer.body_mut() = SdkBody::from(body.clone());
    Ok((answer, body))
}

async fn collect(body: SdkBody) -> Result<Vec<u8>, byte_stream::error::Error> {
    Ok(byte_stream::ByteStream::new(body).collect().await?.to_vec())
}

fn operation(request: &HttpRequest) -> String {
    let target = request.headers().get("x-amz-target").unwrap_or_default();
    target.rsplit('.').next().unwrap_or_default().to_owned()
}

fn is_consistent(body: &[u8]) -> bool {
    serde_json::from_slice::<Value>(body).is_ok_and(|asked| asked["ConsistentRead"] == true)
}

fn conflict(asked: &Asked, body: &[u8]) -> HttpResponse {
    if asked.operation != "TransactWriteItems" {
        return failed("TransactionConflictException", "Transaction is ongoing for the item", &Value::Null);
    }
    let items =
        serde_json::from_slice::<Value>(body).ok().and_then(|asked| Some(asked["TransactItems"].as_array()?.len()));
    let reasons = (0..items.unwrap_or(1)).map(|index| match index {
        0 => json!({ "Code": "TransactionConflict", "Message": "Transaction is ongoing for the item" }),
        _ => json!({ "Code": "None" }),
    });
    failed("TransactionCanceledException", "Transaction cancelled", &reasons.collect())
}

fn throttled() -> HttpResponse {
    failed("ThrottlingException", "Rate exceeded", &Value::Null)
}

fn failed(kind: &str, message: &str, reasons: &Value) -> HttpResponse {
    let mut body = json!({ "__type": format!("com.amazonaws.dynamodb.v20120810#{kind}"), "message": message });
    if !reasons.is_null() {
        body["CancellationReasons"] = reasons.clone();
    }
    answered(400, body.to_string().into_bytes())
}

fn answered(status: u16, body: Vec<u8>) -> HttpResponse {
    let status = StatusCode::try_from(status).expect("200 and 400 are statuses");
    let mut response = HttpResponse::new(status, SdkBody::from(body));
    response.headers_mut().insert("content-type", "application/x-amz-json-1.0");
    response
}

fn lost(what: &str) -> ConnectorError {
    ConnectorError::timeout(format!("{what} was lost").into())
}
