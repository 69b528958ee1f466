#![doc = include_str!("../README.md")]

mod answer;
mod commit;
mod offline;
mod parse;

use aws_config::SdkConfig;
use http_api::lambda::warm_table;
use http_api::metric::{Measurement, Metric};
use http_api::openapi::{Api, Operation};
use http_api::{
    Authorization, Call, Clock, Failure, Function, Rejection, Reply, Route, Settings, Site, serve, until_won,
};
use jiff::Timestamp;
use keys::{KeysError, Secret};
use lambda_http::http::StatusCode;
use lambda_http::http::header::CACHE_CONTROL;
use lambda_http::{Body, Request, Response};
use lease::request::{CheckInRequest, CheckInResponse};
use lease::{Jwks, LeaseSecret, MacRing, ParsedToken};
use licensing::check_in::{Answer, CheckIn, CheckInRefusal, Decision, Event, ServerState, TokenState, TokenVerdict};
use licensing::check_in::{decide, judge_token};
use licensing::id::ServerId;
use offline::{Loss, OfflineView, RequestString, ReturnString};
use serde::Serialize;
use table::{Consistency, ServerSheet, Table};
use utoipa::ToSchema;
use utoipa::openapi::OpenApi;

/// What this function serves.
pub const ROUTES: &[Route] = &[
    Route { method: "POST", path: "/v1/check-in", operation: "checkIn", authorization: Authorization::ServerToken },
    Route { method: "GET", path: "/.well-known/jwks.json", operation: "getJwks", authorization: Authorization::None },
    Route { method: "GET", path: "/test", operation: "testConnection", authorization: Authorization::None },
    portal("GET", "/v1/servers/{serverId}/offline", "showOffline"),
    portal("POST", "/v1/servers/{serverId}/offline/request", "answerOfflineRequest"),
    portal("POST", "/v1/servers/{serverId}/offline/return", "takeOfflineReturn"),
    portal("POST", "/v1/servers/{serverId}/offline/declare-lost", "declareOfflineLost"),
];

const fn portal(method: &'static str, path: &'static str, operation: &'static str) -> Route {
    Route { method, path, operation, authorization: Authorization::Portal }
}

/// The function with its connections.
pub struct CheckInFunction {
    site: Site,
    table: Table,
    token_ring: Secret<MacRing>,
    lease_secret: Secret<LeaseSecret>,
    refusals_suspended: bool,
}

impl CheckInFunction {
    /// Reads the keys and opens the connection to the table, so that the first check-in waits for neither.
    ///
    /// # Errors
    ///
    /// When the keys can't be read.
    pub async fn connect(settings: &Settings, sdk: &SdkConfig, clock: Clock) -> Result<Self, KeysError> {
        let secrets = aws_sdk_secretsmanager::Client::new(sdk);
        let now = clock.now();
        let (token_ring, lease_secret, table) = tokio::join!(
            Secret::load(&secrets, &settings.token_keys, now),
            Secret::<LeaseSecret>::load(&secrets, &settings.lease_keys, now),
            warm_table(settings, sdk),
        );
        let lease_secret = lease_secret?;
        // Environments live for hours, so this is told some times a day, and only here is the set read anyway.
        let days = lease_secret.get(now).await.key_set().days_to_last(now);
        Measurement::at(now).with(Metric::LastKeyDays, days).log();
        Ok(Self {
            site: Site { clock, base_url: settings.base_url.clone() },
            table,
            token_ring: token_ring?,
            lease_secret,
            refusals_suspended: settings.refusals_suspended,
        })
    }

    /// What the table has consumed, for benchmarks.
    pub fn table(&self) -> &Table {
        &self.table
    }

    /// A check-in: parse, load, decide, commit, reply.
    async fn check_in(&self, call: &Call) -> Result<Reply, Failure> {
        let token = self.authentic_token(call).await?;
        let server = ServerId::parse(token.server()).map_err(|_| Rejection::InvalidToken)?;
        let secret = self.lease_secret.get(call.now).await;
        let request = parse::request(call)?;
        let check_in = parse::check_in(&request, &server, secret.lease_id_ring())?;
        let attempt = async |consistency| {
            let outcome = self.decide(&server, &token, &check_in, call.now, consistency).await?;
            if self.refusals_suspended && outcome.is_adverse() {
                return Err(suspended(call, &outcome));
            }
            commit::commit(&self.table, call, &request, &outcome).await?;
            Ok::<_, Failure>(outcome)
        };
        let outcome = match attempt(Consistency::Eventual).await {
            // A lost race means that somebody has written since: an eventual read may not show it yet.
            Err(failure) if failure.is_lost() => until_won(|| attempt(Consistency::Strong)).await?,
            decided => decided?,
        };
        measure(word(outcome.answer()), outcome.answer(), call.now);
        let signer = answer::Signer { call, secret: &secret, token: &token, server: &server, request: &request };
        signer.reply(&outcome)
    }

    async fn authentic_token(&self, call: &Call) -> Result<ParsedToken, Failure> {
        let token = call.bearer().and_then(|text| lease::ServerToken::parse(text).ok());
        let token = token.ok_or(Rejection::InvalidToken)?;
        let ring = self.token_ring.that_knows(call.now, |ring| ring.knows(token.key_id())).await;
        if token.verify(&ring) { Ok(token) } else { Err(Rejection::InvalidToken.into()) }
    }

    /// Loads and decides; once more on a strongly consistent read where the first could have been misled.
    async fn decide(
        &self,
        server: &ServerId,
        token: &ParsedToken,
        check_in: &CheckIn,
        now: Timestamp,
        consistency: Consistency,
    ) -> Result<Outcome, Failure> {
        let judged = judge(self.table.server_sheet(server, consistency).await?, token, check_in, now);
        let is_doubtful = judged.as_ref().map_or(true, Outcome::needs_consistent_read);
        if consistency == Consistency::Strong || !is_doubtful {
            return judged;
        }
        judge(self.table.server_sheet(server, Consistency::Strong).await?, token, check_in, now)
    }

    async fn jwks(&self, now: Timestamp) -> Result<Reply, Failure> {
        let secret = self.lease_secret.get(now).await;
        let jwks: Jwks = secret.key_set().jwks();
        Ok(Reply::json(StatusCode::OK, &jwks)?.with(CACHE_CONTROL, "public, max-age=3600"))
    }
}

/// What was decided, with what it was decided on.
pub(crate) struct Outcome {
    pub(crate) sheet: ServerSheet,
    pub(crate) decided: Decided,
}

/// A decision of the check-in rules, or of the token before them.
pub(crate) enum Decided {
    Rules(Box<Decision>),
    TokenSuperseded,
}

impl Outcome {
    fn needs_consistent_read(&self) -> bool {
        match &self.decided {
            Decided::Rules(decision) => decision.needs_consistent_read(),
            Decided::TokenSuperseded => true,
        }
    }

    fn is_adverse(&self) -> bool {
        match &self.decided {
            Decided::Rules(decision) => decision.is_adverse(),
            Decided::TokenSuperseded => true,
        }
    }

    /// What an adverse decision would have led to, in a word for the log.
    fn withheld(&self) -> &'static str {
        match &self.decided {
            Decided::Rules(decision) if decision.event == Some(Event::ConflictBegun) => "conflict_begun",
            Decided::Rules(decision) if decision.event == Some(Event::ConflictResolved) => "conflict_resolved",
            _ => word(self.answer()),
        }
    }

    pub(crate) fn answer(&self) -> Answer {
        match &self.decided {
            Decided::Rules(decision) => decision.answer,
            Decided::TokenSuperseded => Answer::Refused(CheckInRefusal::TokenSuperseded),
        }
    }
}

fn judge(
    sheet: Option<ServerSheet>,
    token: &ParsedToken,
    check_in: &CheckIn,
    now: Timestamp,
) -> Result<Outcome, Failure> {
    let unknown = Failure::Doubtful("a server token that our key signed is ahead of the table: was it restored?");
    let Some(sheet) = sheet else { return Err(unknown) };
    if sheet.server.deleted_at.is_some() {
        return Err(Rejection::InvalidToken.into());
    }
    let presented = TokenState { version: token.version(), key_id: token.key_id() };
    let decided = match judge_token(sheet.server.token, presented) {
        TokenVerdict::Current => {
            let server = ServerState {
                disabled_from: sheet.server.disabled_from,
                mode: sheet.server.mode,
                revision: sheet.server.revision,
                lease_days: sheet.server.lease_days,
            };
            Decided::Rules(Box::new(decide(&server, &sheet.lease.state, check_in, now)))
        }
        TokenVerdict::Superseded => Decided::TokenSuperseded,
        TokenVerdict::Unauthentic => return Err(Rejection::InvalidToken.into()),
        TokenVerdict::Unknown => return Err(unknown),
    };
    Ok(Outcome { sheet, decided })
}

/// Withholds a decision before anything is written: with the switch off again, the same request is decided anew.
fn suspended(call: &Call, outcome: &Outcome) -> Failure {
    // The rate of refusals stays that of the decisions, so that its alarm tells when the doubt is over.
    measure("suspended", outcome.answer(), call.now);
    tracing::info!(request_id = call.request_id, withheld = outcome.withheld(), "a refusal is suspended");
    Failure::Suspended
}

const fn word(answer: Answer) -> &'static str {
    match answer {
        Answer::Lease { .. } => "lease",
        Answer::Unchanged => "unchanged",
        Answer::Refused(refusal) => refusal.code(),
    }
}

fn measure(said: &str, decided: Answer, now: Timestamp) {
    let refused = matches!(decided, Answer::Refused(_));
    let measured = Measurement::at(now).with_by(Metric::CheckIns, 1, "Answer", said);
    measured.with(Metric::CheckInRefused, refused.into()).log();
}

/// Answers one request.
pub async fn handle(function: &CheckInFunction, request: Request) -> Response<Body> {
    serve(function, request).await
}

impl Function for CheckInFunction {
    const ROUTES: &'static [Route] = ROUTES;

    fn site(&self) -> &Site {
        &self.site
    }

    async fn answer(&self, call: &Call) -> Result<Reply, Failure> {
        match call.operation {
            "checkIn" => self.check_in(call).await,
            "getJwks" => self.jwks(call.now).await,
            "showOffline" => offline::show(&self.table, call).await,
            "answerOfflineRequest" => offline::request(self, call).await,
            "takeOfflineReturn" => offline::give_back(&self.table, call).await,
            "declareOfflineLost" => offline::declare_lost(&self.table, call).await,
            _ => Reply::json(StatusCode::OK, &Connected { message: "successfully connected!".to_owned() }),
        }
    }
}

/// Says that the way to this service is open.
#[derive(Debug, Serialize, ToSchema)]
pub struct Connected {
    /// "successfully connected!"
    message: String,
}

/// A JSON Web Key Set (RFC 7517).
#[derive(Debug, ToSchema)]
#[schema(as = Jwks)]
struct JwksDocument {
    /// The keys, each an Ed25519 public key (RFC 8037).
    #[expect(dead_code, reason = "only its schema is used")]
    #[schema(value_type = Vec<Object>)]
    keys: Vec<()>,
}

/// A write of somebody who has signed in.
fn offline(id: &'static str, summary: &'static str) -> Operation {
    Operation::new(id, summary).idempotent().reply::<OfflineView>(200).problems(&[
        "not_found",
        "manager_required",
        "server_not_found",
        "malformed_body",
        "unsupported_media_type",
    ])
}

/// This function's part of the OpenAPI document.
pub fn openapi() -> OpenApi {
    Api::new(ROUTES)
        .operation(
            Operation::new("checkIn", "Activate an AppSuite, or keep it current")
                .says(
                    "Answered with a signed document: `lease+jwt`, `unchanged+jwt` or `refusal+jwt`. What is not signed \
                     has no effect at the client.",
                )
                .body::<CheckInRequest>()
                .reply::<CheckInResponse>(200)
                .problems(&["malformed_body", "unsupported_media_type", "invalid_body", "unavailable"]),
        )
        .operation(
            Operation::new("showOffline", "How an offline server stands")
                .says("With the response string, while its request is the last one, for those who may assign.")
                .reply::<OfflineView>(200)
                .problems(&["not_found"]),
        )
        .operation(
            offline("answerOfflineRequest", "Answer a request string of an offline server")
                .says(
                    "The same request is answered with the same response. A request that names the last response \
                     confirms it: what it took away is free from then on.",
                )
                .body::<RequestString>()
                .problems(&["server_not_offline", "server_disabled", "no_token_yet", "offline_other_server"])
                .problems(&["offline_token_not_current", "offline_other_installation", "offline_request_outdated"])
                .problems(&["invalid_body", "account_too_large"]),
        )
        .operation(
            offline("takeOfflineReturn", "Take a return string of an offline server")
                .says("What its AppSuite had is free from then on, as far as it is not assigned.")
                .body::<ReturnString>()
                .problems(&["nothing_to_return", "offline_other_server", "offline_other_installation"])
                .problems(&["offline_return_outdated", "invalid_body"]),
        )
        .operation(
            offline("declareOfflineLost", "Declare the AppSuite of an offline server lost")
                .says("Twice in 365 days for an account; beyond that by the vendor's staff with a reason.")
                .body::<Loss>()
                .problems(&["nothing_to_return", "too_many_losses", "reason_required", "invalid_body"]),
        )
        .operation(Operation::new("getJwks", "The keys that sign answers").reply::<JwksDocument>(200))
        .operation(Operation::new("testConnection", "See whether the service can be reached").reply::<Connected>(200))
        .build()
}
