//! Offline servers: strings that people carry between an AppSuite without network and the portal.
//!
//! They are answered here because this function alone may both verify a token and sign a lease.

mod document;
mod view;

use http_api::change::{Changed, Loaded, Written, answer as remembered, change_account, reason};
use http_api::{Call, Failure, Rejection, Reply, actor_of};
use lease::document::Binding;
use lease::offline::{Kind, OfflineLease, OfflineResponse, Statement};
use lease::{LeaseSecret, MacRing, ServerToken, sign};
use licensing::Refusal;
use licensing::access::{Action, Actor};
use licensing::account::Account;
use licensing::check_in::{AttemptId, PublicKey};
use licensing::id::{AccountId, ServerId};
use licensing::offline::{self, Answered, Asking, Giving};
use licensing::refusal::Fault;
use serde_json::{Value, json};
use table::{
    Consistency, LeaseItem, OfflineAnswer, ServerItem, ServerRow, ServerSheet, ServerStatus, Table, Transaction,
};

pub(crate) use document::{Loss, OfflineView, Outcome, RequestString, ReturnString};

use crate::CheckInFunction;
use crate::answer::on_the_wire;
use document::Told;

/// Shows how an offline server stands, with its response while that counts.
pub(crate) async fn show(table: &Table, call: &Call) -> Result<Reply, Failure> {
    let (id, account) = of(table, call).await?;
    let actor = actor_of(call, table).await?;
    view::reply(table, call, &actor, account, &id, None).await
}

/// Takes a request string; answers with the response string.
pub(crate) async fn request(function: &CheckInFunction, call: &Call) -> Result<Reply, Failure> {
    let table = &function.table;
    let (id, account) = of(table, call).await?;
    let document: RequestString = call.json()?;
    let secret = function.lease_secret.get(call.now).await;
    let ring = function.token_ring.get(call.now).await;
    let told = change_account(table, call, account, Some(&id), may_assign, |loaded| {
        let sheet = loaded.sheet.as_ref().ok_or(Refusal::ServerNotFound)?;
        let statement = statement(Kind::Request, "/request", &document.request)?;
        authentic(&statement, &id, &ring, sheet)?;
        let case = Case { call, loaded, sheet, id: &id, statement: &statement, secret: &secret };
        case.answer()
    })
    .await?;
    finish(table, call, account, &id, &told).await
}

/// Takes a return string: the AppSuite runs nothing any more.
pub(crate) async fn give_back(table: &Table, call: &Call) -> Result<Reply, Failure> {
    let (id, account) = of(table, call).await?;
    let document: ReturnString = call.json()?;
    let told = change_account(table, call, account, Some(&id), may_assign, |loaded| {
        let statement = statement(Kind::Return, "/return", &document.r#return)?;
        is_for(&statement, &id)?;
        let after = offline::give_back(&loaded.view.account.state, &id, &asking(&statement)?)?;
        freed(loaded, &id, after, Outcome::Returned, json!({ "server": id, "serial": statement.serial }))
    })
    .await?;
    finish(table, call, account, &id, &told).await
}

/// Declares the installation lost: within the yearly budget by whoever may assign, beyond it by the vendor's staff.
pub(crate) async fn declare_lost(table: &Table, call: &Call) -> Result<Reply, Failure> {
    let (id, account) = of(table, call).await?;
    let document: Loss = if call.body().is_empty() { Loss::default() } else { call.json()? };
    let reason = reason(document.reason.as_deref())?;
    let may = |actor: &Actor, account: &Account| actor.may_manage(account).or_else(|no| by_staff(actor).or(Err(no)));
    let told = change_account(table, call, account, Some(&id), may, |loaded| {
        let before = &loaded.view.account.state;
        let limited = loaded.actor.may_manage(before).is_ok();
        if !limited && reason.is_none() {
            return Err(Refusal::ReasonRequired.into());
        }
        let after = offline::declare_lost(before, &id, limited, call.now)?;
        let spent = before.server(&id).and_then(|server| server.offline.as_ref()).map(offline::Offline::spent_of_all);
        let details = json!({ "server": id, "reason": reason, "spent": listed(&spent.unwrap_or_default()) });
        freed(loaded, &id, after, Outcome::DeclaredLost, details)
    })
    .await?;
    finish(table, call, account, &id, &told).await
}

fn may_assign(actor: &Actor, account: &Account) -> Result<(), Refusal> {
    actor.may(Action::Assign, account)
}

fn by_staff(actor: &Actor) -> Result<(), Refusal> {
    actor.may_act_as_staff()
}

/// The server of the path and its account.
async fn of(table: &Table, call: &Call) -> Result<(ServerId, AccountId), Failure> {
    let id = call.path("serverId", "server", ServerId::parse)?;
    let sheet = table.server_sheet(&id, Consistency::Eventual).await?;
    let server = sheet.map(|sheet| sheet.server).filter(|server| server.deleted_at.is_none());
    let account = server.ok_or(Refusal::NotFound("server"))?.account;
    Ok((id, account))
}

/// What was decided, with everything as it stands now: a repeat of the request sees the same.
async fn finish(
    table: &Table,
    call: &Call,
    account: AccountId,
    id: &ServerId,
    told: &Written,
) -> Result<Reply, Failure> {
    let Told { outcome } =
        serde_json::from_str(&told.reply.body).map_err(|error| Failure::broken("read outcome", error))?;
    let actor = actor_of(call, table).await?;
    view::reply(table, call, &actor, account, id, Some(outcome)).await
}

fn told(outcome: Outcome) -> Result<table::Reply, Failure> {
    remembered(200, &Told { outcome })
}

/// The string of a body. A typing error is told with its place.
fn statement(kind: Kind, pointer: &str, text: &str) -> Result<Statement, Failure> {
    Statement::parse(kind, text).map_err(|fault| {
        let detail = sentence(&fault.to_string());
        Rejection::InvalidBody(vec![Fault { pointer: pointer.to_owned(), code: "invalid_string", detail }]).into()
    })
}

fn sentence(fault: &str) -> String {
    let mut letters = fault.chars();
    let first = letters.next().map(char::to_uppercase).into_iter().flatten();
    first.chain(letters).chain(['.']).collect()
}

fn is_for(statement: &Statement, id: &ServerId) -> Result<(), Refusal> {
    if statement.server == id.as_str() { Ok(()) } else { Err(Refusal::OfflineOtherServer(statement.server.clone())) }
}

/// Whether a request comes from somebody who has the server's current token.
fn authentic(statement: &Statement, id: &ServerId, ring: &MacRing, sheet: &ServerSheet) -> Result<(), Failure> {
    is_for(statement, id)?;
    let current = sheet.server.token.ok_or(Refusal::NoTokenYet)?;
    let token = ServerToken::mint_with(ring, current.key_id, id.as_str(), current.version)
        .ok_or_else(|| Failure::broken("verify request", "the ring has lost a key"))?;
    let proven = statement.token_version == current.version && statement.proves(&token);
    if proven { Ok(()) } else { Err(Refusal::OfflineTokenNotCurrent.into()) }
}

fn asking(statement: &Statement) -> Result<Asking, Failure> {
    let broken = |error| Failure::broken("read statement", error);
    Ok(Asking {
        key: PublicKey::parse(&statement.public_key.to_string()).map_err(broken)?,
        nonce: AttemptId::parse(&statement.nonce.to_string()).map_err(broken)?,
        serial: statement.serial,
    })
}

/// A request with everything that it is decided on.
struct Case<'a> {
    call: &'a Call,
    loaded: &'a Loaded,
    sheet: &'a ServerSheet,
    id: &'a ServerId,
    statement: &'a Statement,
    secret: &'a LeaseSecret,
}

impl Case<'_> {
    fn answer(&self) -> Result<Changed, Failure> {
        let (account, lease) = (&self.loaded.view.account.state, &self.sheet.lease.state);
        let (asking, server, now) = (asking(self.statement)?, &self.sheet.server, self.call.now);
        let serial = lease.next_offline_serial(asking.serial);
        let giving = Giving::of(serial, server.revision, &server.segments()?, now);
        let changed = |account, outcome, also| {
            let (details, servers) = (json!({ "server": self.id, "serial": serial }), [].into());
            Ok(Changed { details, reply: told(outcome)?, account, servers, also })
        };
        match offline::answer(account, self.id, &asking, &giving, now)? {
            Answered::Again => changed(account.clone(), Outcome::Again, Transaction::new()),
            Answered::Confirmed(after) => changed(after, Outcome::Confirmed, Transaction::new()),
            Answered::Given(after) => {
                let state = lease.given_offline(&asking, serial, now)?;
                let mut also = Transaction::new();
                also.put_lease(self.id, &LeaseItem { state, ..self.sheet.lease.clone() }, lease.version());
                put_row(self.loaded, self.id, ServerStatus::Active, self.call, &mut also);
                let answer = OfflineAnswer { serial, response: self.response(server, serial)? };
                also.put_offline_answer(after.id, self.id, &answer);
                changed(after, Outcome::Answered, also)
            }
        }
    }

    fn response(&self, server: &ServerItem, serial: u64) -> Result<String, Failure> {
        let segments = server.segments()?;
        let running = segments.iter().filter(|segment| !segment.is_over(self.call.now));
        let lease = OfflineLease {
            binding: Binding {
                issuer: self.call.base_url.clone(),
                server: self.id.to_string(),
                token_version: self.statement.token_version,
                attempt: self.statement.nonce.to_string(),
                issued_at: self.call.now,
            },
            serial,
            public_key: self.statement.public_key,
            account: server.account_name.to_string(),
            server_name: server.server_name.to_string(),
            segments: running.map(|segment| on_the_wire(segment, server.mode)).collect(),
        };
        let document = sign(self.secret.signing_key(), &lease);
        Ok(OfflineResponse { document, key_set: self.secret.key_set_text().to_owned() }.write())
    }
}

/// The server is free for another installation.
fn freed(
    loaded: &Loaded,
    id: &ServerId,
    account: Account,
    outcome: Outcome,
    details: Value,
) -> Result<Changed, Failure> {
    let mut also = Transaction::new();
    let lease = loaded.sheet.as_ref().map(|sheet| &sheet.lease);
    if let Some((item, state)) = lease.and_then(|item| Some((item, item.state.unbound()?))) {
        also.put_lease(id, &LeaseItem { state, ..item.clone() }, item.state.version());
    }
    if let Some(row) = loaded.view.row(id) {
        let freed = ServerRow { version: row.version + 1, status: ServerStatus::Available, ..row.clone() };
        also.put_server_row(account.id, &freed, row.version);
    }
    Ok(Changed { account, servers: [].into(), details, also, reply: told(outcome)? })
}

fn put_row(loaded: &Loaded, id: &ServerId, status: ServerStatus, call: &Call, also: &mut Transaction) {
    let Some(row) = loaded.view.row(id) else { return };
    let activated_at = row.activated_at.filter(|_| row.status == status).or(Some(call.now));
    let active = ServerRow { version: row.version + 1, status, activated_once: true, activated_at, ..row.clone() };
    also.put_server_row(loaded.view.account.state.id, &active, row.version);
}

/// Capacities as the audit trail shows them.
fn listed(spent: &[offline::Spent]) -> Value {
    let cell = |spent: &offline::Spent| {
        json!({
            "application": spent.pool.application,
            "redundancy": spent.pool.redundancy,
            "licenseType": spent.pool.license,
            "capacity": spent.capacity,
        })
    };
    spent.iter().map(cell).collect()
}
