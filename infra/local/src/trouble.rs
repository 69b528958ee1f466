//! What goes wrong between the unchanged SDKs and their services, where a test wants it: DynamoDB on this machine never
//! throttles, never collides, never reads stale and never loses an answer by itself.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

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
use http_api::Clock;
use jiff::Timestamp;
use serde_json::{Value, json};

/// What goes wrong with one request of an SDK.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Trouble {
    /// Another transaction touches an item at the same moment: nothing happens. Only writes collide.
    Conflict,
    /// The service is asked too often: nothing happens.
    Throttled,
    /// A read that did not ask for consistency answers as it did a moment ago.
    Stale,
    /// The request is lost: nothing happens, and the client can't know.
    LostRequest,
    /// The answer is lost: it happened, and the client can't know.
    LostAnswer,
}

/// A request that trouble may come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The operation, such as `TransactWriteItems` or `GetSecretValue`; empty for SES.
    pub operation: String,
    /// Whether it reads without asking for consistency, and what it read a moment ago is known.
    pub may_be_stale: bool,
}

impl Asked {
    /// Whether it writes to the table.
    pub fn writes(&self) -> bool {
        ["TransactWriteItems", "PutItem", "UpdateItem", "DeleteItem"].contains(&self.operation.as_str())
    }

    /// Whether this can go wrong with it.
    fn may_have(&self, trouble: Trouble) -> bool {
        match trouble {
            Trouble::Conflict => self.writes(),
            Trouble::Stale => self.may_be_stale,
            Trouble::Throttled => !self.operation.is_empty(),
            Trouble::LostRequest | Trouble::LostAnswer => true,
        }
    }
}

type Choice = Box<dyn FnMut(&Asked) -> Option<Trouble> + Send>;

/// A switch for trouble; a clone is another handle on the same one. Without [`Self::choose`] there is none.
#[derive(Clone)]
pub struct Troubles {
    clock: Clock,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    choice: Option<Choice>,
    had: BTreeMap<Trouble, u64>,
    seen: BTreeMap<Vec<u8>, (Timestamp, Vec<u8>)>,
}

impl fmt::Debug for Troubles {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Troubles").finish_non_exhaustive()
    }
}

impl Troubles {
    pub(crate) fn new(clock: Clock) -> Self {
        Self { clock, state: Arc::default() }
    }

    /// Asks for each request from now on what goes wrong with it; what can't go wrong with it does not.
    pub fn choose(&self, choice: impl FnMut(&Asked) -> Option<Trouble> + Send + 'static) {
        self.state().choice = Some(Box::new(choice));
    }

    /// This goes wrong with the next request of an operation, and with no other.
    pub fn next(&self, operation: &'static str, trouble: Trouble) {
        let mut left = Some(trouble);
        self.choose(move |asked| if asked.operation == operation { left.take() } else { None });
    }

    /// Nothing goes wrong any more.
    pub fn clear(&self) {
        self.state().choice = None;
    }

    /// How often what went wrong.
    pub fn had(&self) -> BTreeMap<Trouble, u64> {
        self.state().had.clone()
    }

    /// The client that the SDKs take.
    pub(crate) fn client(&self) -> SharedHttpClient {
        let inner = Builder::new().tls_provider(Provider::Rustls(CryptoMode::AwsLc)).build_https();
        SharedHttpClient::new(Client { inner, troubles: self.clone() })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn comes_to(&self, asked: &Asked) -> Option<Trouble> {
        let mut state = self.state();
        let trouble = state.choice.as_mut()?(asked).filter(|trouble| asked.may_have(*trouble))?;
        *state.had.entry(trouble).or_default() += 1;
        Some(trouble)
    }

    /// What a read answered within this moment of the stack's clock.
    fn stale(&self, body: &[u8]) -> Option<Vec<u8>> {
        let now = self.clock.now();
        self.state().seen.get(body).filter(|(at, _)| *at == now).map(|(_, answer)| answer.clone())
    }

    /// Keeps an answer of a read, so that it can be given again when it is stale; nothing is kept where nobody chooses.
    fn saw(&self, body: Vec<u8>, answer: &[u8]) {
        let now = self.clock.now();
        let mut state = self.state();
        if state.choice.is_some() {
            state.seen.retain(|_, (at, _)| *at == now);
            state.seen.entry(body).or_insert_with(|| (now, answer.to_vec()));
        }
    }
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
            let answer = answer.await?;
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
    let mut answer = answer;
    let body = collect(answer.take_body()).await.map_err(|error| ConnectorError::io(error.into()))?;
    troubles.saw(asked, &body);
    *answer.body_mut() = SdkBody::from(body);
    Ok(answer)
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
