//! Sends a plan to the order intake, order by order, each until it has an answer.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use futures::{StreamExt, stream};
use http_api::Clock;
use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Client, Response, StatusCode};
use serde_json::Value;
use standardwebhooks::Webhook;
use tokio::time::{Interval, MissedTickBehavior, interval, sleep};
use ulid::Ulid;

use crate::column::column_at;
use crate::plan::{Order, Plan};
use crate::table::FileFault;

/// How long an answer may take.
const ANSWER_TIME: Duration = Duration::from_secs(30);
/// How often an order is sent that gets no answer, or one that another try may better.
const ATTEMPTS_MAX: u32 = 7;
/// The longest pause between two tries.
const PAUSE_MAX: Duration = Duration::from_secs(30);

/// Where to, and how fast.
pub struct Target {
    /// The service's origin.
    pub url: String,
    /// The key that the ERP signs with, `whsec_…`.
    pub key: String,
    /// How many customers at the same time.
    pub parallel: usize,
    /// How many orders a second at most; above 50 the API throttles.
    pub per_second: u32,
    /// What time it is, for the signatures.
    pub clock: Clock,
}

/// How far a sending has come; it can be stopped from outside.
#[derive(Debug, Default)]
pub struct Progress {
    new: AtomicUsize,
    known: AtomicUsize,
    refused: AtomicUsize,
    stopped: AtomicBool,
}

/// An order that the service did not take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Its number.
    pub number: String,
    /// The problem's code.
    pub code: String,
    /// What to mend, by row.
    pub faults: Vec<FileFault>,
}

/// How a sending ended.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Orders that are there now.
    pub new: usize,
    /// Orders that were there already.
    pub known: usize,
    /// Orders that the service did not take.
    pub refused: Vec<Refused>,
    /// Orders that were not sent, or got no answer.
    pub left: usize,
    /// Why there are such, in a sentence; `None` where somebody stopped it.
    pub cause: Option<String>,
}

impl Progress {
    /// Begins with no further order.
    pub fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }

    /// Orders that are new, that were known, and that were refused so far.
    pub fn counts(&self) -> [usize; 3] {
        [&self.new, &self.known, &self.refused].map(|count| count.load(Ordering::Relaxed))
    }

    fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }

    fn count(&self, answer: &Answer) {
        let count = match answer {
            Answer::New => &self.new,
            Answer::Known => &self.known,
            Answer::Refused(_) => &self.refused,
            Answer::None(_) => return,
        };
        count.fetch_add(1, Ordering::Relaxed);
    }
}

/// What became of one order.
enum Answer {
    New,
    Known,
    Refused(Refused),
    /// Nothing can be sent any more, and why.
    None(String),
}

/// Sends all orders of a plan.
///
/// # Errors
///
/// A sentence where the key is none, or the HTTP client does not start.
pub async fn send(plan: &Plan, target: &Target, progress: &Progress) -> Result<Outcome, String> {
    let webhook = Webhook::new(&target.key).map_err(|_| "The secret file holds no key such as whsec_….".to_owned())?;
    let client = Client::builder().timeout(ANSWER_TIME).redirect(Policy::none()).build();
    let client = client.map_err(|error| format!("The HTTP client does not start: {error}."))?;
    let sender = Sender { client, webhook, target, pace: pace(target.per_second), ended: Mutex::default() };
    let customers = stream::iter(plan.by_customer());
    customers
        .for_each_concurrent(target.parallel.max(1), |orders| {
            let sender = &sender;
            async move {
                for order in orders {
                    if !progress.is_stopped() {
                        let answer = sender.deliver(order, progress).await;
                        progress.count(&answer);
                        sender.note(answer, progress);
                    }
                }
            }
        })
        .await;
    let Ended { refused, cause } = sender.ended.into_inner().unwrap_or_else(PoisonError::into_inner);
    let [new, known, _] = progress.counts();
    let left = plan.orders.len() - new - known - refused.len();
    Ok(Outcome { new, known, refused, left, cause })
}

struct Sender<'a> {
    client: Client,
    webhook: Webhook,
    target: &'a Target,
    pace: tokio::sync::Mutex<Interval>,
    ended: Mutex<Ended>,
}

#[derive(Default)]
struct Ended {
    refused: Vec<Refused>,
    cause: Option<String>,
}

impl Sender<'_> {
    fn note(&self, answer: Answer, progress: &Progress) {
        let mut ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        match answer {
            Answer::Refused(refused) => ended.refused.push(refused),
            Answer::None(cause) => {
                progress.stop();
                ended.cause.get_or_insert(cause);
            }
            Answer::New | Answer::Known => {}
        }
    }

    /// Sends an order until it has an answer, or until that is hopeless.
    async fn deliver(&self, order: &Order, progress: &Progress) -> Answer {
        let body = order.document.to_string();
        let mut cause = String::new();
        for attempt in 0..ATTEMPTS_MAX {
            self.pace.lock().await.tick().await;
            let wanted = match self.post(&body).await {
                Ok(response) => match judge(order, response).await {
                    Ok(answer) => return answer,
                    Err(Later { sentence, pause }) => {
                        cause = sentence;
                        pause
                    }
                },
                Err(sentence) => {
                    cause = sentence;
                    None
                }
            };
            if progress.is_stopped() {
                break;
            }
            sleep(wanted.unwrap_or(Duration::from_secs(1 << attempt)).min(PAUSE_MAX)).await;
        }
        Answer::None(cause)
    }

    async fn post(&self, body: &str) -> Result<Response, String> {
        let id = format!("msg_{}", Ulid::generate());
        let at = self.target.clock.now().as_second();
        let signature = self.webhook.sign(&id, at, body.as_bytes()).map_err(|error| error.to_string())?;
        let request = self.client.post(format!("{}/v1/orders", self.target.url.trim_end_matches('/')));
        let request = request
            .header(CONTENT_TYPE, "application/json")
            .header(standardwebhooks::HEADER_WEBHOOK_ID, id)
            .header(standardwebhooks::HEADER_WEBHOOK_TIMESTAMP, at)
            .header(standardwebhooks::HEADER_WEBHOOK_SIGNATURE, signature);
        let sent = request.body(body.to_owned()).send().await;
        sent.map_err(|error| format!("{} does not answer: {}.", self.target.url, http_api::telemetry::causes(&error)))
    }
}

/// An answer that another try may better.
struct Later {
    sentence: String,
    pause: Option<Duration>,
}

async fn judge(order: &Order, response: Response) -> Result<Answer, Later> {
    let status = response.status();
    match status {
        StatusCode::CREATED => Ok(Answer::New),
        StatusCode::OK => Ok(Answer::Known),
        StatusCode::UNAUTHORIZED => Ok(Answer::None(
            "The service does not know the key, or this machine's clock is more than five minutes off.".to_owned(),
        )),
        StatusCode::BAD_REQUEST | StatusCode::CONFLICT | StatusCode::UNPROCESSABLE_ENTITY => {
            let text = response.text().await.unwrap_or_default();
            Ok(Answer::Refused(refused(order, &serde_json::from_str(&text).unwrap_or_default())))
        }
        _ if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS => {
            let seconds = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
            let sentence = format!("The service answers with status {}.", status.as_u16());
            Err(Later { sentence, pause: seconds.map(Duration::from_secs) })
        }
        _ => Ok(Answer::None(format!("This is not Cloud Licensing: it answers with status {}.", status.as_u16()))),
    }
}

/// What a problem says of the rows of an order.
fn refused(order: &Order, problem: &Value) -> Refused {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let first = order.rows.first().copied().unwrap_or_default();
    let mut faults: Vec<FileFault> = problem["faults"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|fault| {
            let (line, column) = column_at(fault["pointer"].as_str().unwrap_or_default());
            let row = line.and_then(|line| order.rows.get(line)).copied().unwrap_or(first);
            FileFault { row, column, detail: text(&fault["detail"]) }
        })
        .collect();
    if faults.is_empty() {
        faults.push(FileFault { row: first, column: "", detail: text(&problem["detail"]) });
    }
    Refused { number: order.number.clone(), code: text(&problem["code"]), faults }
}

/// One tick for each order that may be sent.
fn pace(per_second: u32) -> tokio::sync::Mutex<Interval> {
    let mut ticks = interval(Duration::from_secs(1) / per_second.max(1));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    tokio::sync::Mutex::new(ticks)
}
