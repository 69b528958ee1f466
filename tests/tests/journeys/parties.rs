//! Every route by every party: who is let in, and how everybody else is turned away. A route that no line below names
//! fails.

use std::collections::BTreeMap;
use std::time::Duration;

use http_api::{Authorization, Route};
use local::{Answer, Browser, Session};
use reqwest::Method;
use serde_json::{Value, json};

use crate::world::{CUSTOMER, RECIPIENT, World, order, unlock};

/// Who is let in: M manager and V viewer of the customer, R manager of its reseller, S vendor staff. Everybody else of
/// [`PARTIES`] is turned away, except where it says `*`.
const LET_IN: &[(&str, &str)] = &[
    ("getMe", "*"),
    ("changeReminder", "*"),
    ("listAccounts", "*"),
    ("getAccount", "MVRS"),
    ("listEndings", "MVRS"),
    ("listAccountOrders", "MVRS"),
    ("listAudit", "MVRS"),
    ("listMembers", "MVRS"),
    ("inviteMember", "M"),
    ("changeMember", "M"),
    ("removeMember", "M"),
    ("acceptRequest", "MS"),
    ("declineRequest", "MS"),
    ("acceptReseller", "MS"),
    ("removeReseller", "M"),
    ("addServer", "MR"),
    ("changeServer", "MR"),
    ("deleteServer", "MR"),
    ("disableServer", "MR"),
    ("enableServer", "MR"),
    ("releaseServer", "MRS"),
    ("saveAssignments", "MR"),
    ("getServer", "MVRS"),
    ("showToken", "MR"),
    ("regenerateToken", "MR"),
    ("showOffline", "MVRS"),
    ("answerOfflineRequest", "MR"),
    ("takeOfflineReturn", "MR"),
    ("declareOfflineLost", "MRS"),
    ("listProducts", "S"),
    ("findOrder", "S"),
    ("getOrder", "S"),
    ("lockOrder", "S"),
    ("resendOrder", "S"),
    ("cancelOrder", "S"),
    ("listParkedMails", "S"),
    ("retryMail", "S"),
    ("dismissMail", "S"),
    ("listParkedEvents", "S"),
    ("replayEvent", "S"),
    ("dismissEvent", "S"),
    ("setGrace", "S"),
    ("moveReseller", "S"),
    ("appointManager", "S"),
    ("appointResellerManager", "S"),
    ("findPerson", "S"),
    ("erasePerson", "S"),
];

/// The other parties: managers of another reseller and another customer, a removed member, and somebody who is member of
/// nothing.
const PARTIES: &str = "MVRSrcxo";

#[tokio::test(flavor = "multi_thread")]
async fn every_route_lets_in_exactly_whom_it_must() {
    let world = World::with_fax().await;
    let (server, token) = world.server_with_token(4).await;
    let people = people(&world).await;
    let order = people[&'S'].get("/v1/orders?number=19%2F00021").await.unwrap().json();
    let event = world.stack.receiver.wait_for(Duration::from_secs(20), |_| true).await.unwrap();
    let there = There {
        account: &world.account,
        server: &server,
        order: order["order"]["orderId"].as_str().unwrap(),
        mail: order["mails"][0]["mailId"].as_str().unwrap(),
        event: event.id.strip_prefix("evt_").unwrap(),
    };
    let allowed: BTreeMap<_, _> = LET_IN.iter().copied().collect();
    for route in routes().filter(|route| route.authorization == Authorization::Portal) {
        let let_in = *allowed.get(route.operation).unwrap_or_else(|| panic!("no line names {}", route.operation));
        let path = path(route, &there);
        let nobody = Browser::new(&world.stack).unwrap();
        for nobody in [nobody.request(method(route), &path), nobody.request(method(route), &path).bearer_auth(&token)] {
            let answer = world.customer.send(nobody).await.unwrap();
            assert_eq!((answer.status.as_u16(), answer.json()), (401, json!({ "message": "Unauthorized" })));
        }
        for party in PARTIES.chars() {
            let answer = ask(&people[&party], route, &path).await;
            let in_here = let_in == "*" || let_in.contains(party);
            assert_eq!(turned_away(&answer).is_none(), in_here, "{} by {party}: {}", route.operation, answer.body);
            if !in_here {
                assert_eq!(turned_away(&answer), Some(expected(route, party)), "{} by {party}", route.operation);
            }
        }
    }
    world.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn routes_of_programs_take_no_sign_in_instead_of_their_own_proof() {
    let world = World::with_fax().await;
    for route in routes() {
        let code = match route.authorization {
            Authorization::Erp => "invalid_signature",
            Authorization::ServerToken => "invalid_token",
            _ => continue,
        };
        let request = world.customer.request(method(route), route.path).json(&json!({}));
        let answer = world.customer.send(request).await.unwrap();
        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (401, code), "{}", route.operation);
    }
    world.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_was_never_made_opens_nothing_and_what_is_open_needs_no_sign_in() {
    let world = World::with_fax().await;
    let nobody = Browser::new(&world.stack).unwrap();
    for route in routes() {
        let status = match route.authorization {
            Authorization::Link => 404,
            Authorization::None => 200,
            Authorization::Erp | Authorization::Portal | Authorization::ServerToken => continue,
        };
        let method = if route.method == "ANY" { Method::GET } else { method(route) };
        let path = route.path.replace("{link}", "never-made").replace("$default", "/");
        let open = nobody.send(nobody.request(method.clone(), &path)).await.unwrap();
        let signed_in = world.customer.send(world.customer.request(method, &path)).await.unwrap();
        assert_eq!([open.status, signed_in.status].map(|found| found.as_u16()), [status; 2], "{}", route.operation);
    }
    world.stack.stop().await;
}

/// How somebody is turned away: those who may read the account learn why, the others not even that it exists.
fn expected(route: &Route, party: char) -> &'static str {
    let begins = ["/v1/orders", "/v1/products", "/v1/mails", "/v1/events", "/v1/resellers", "/v1/people"];
    let acts = ["setGrace", "moveReseller", "appointManager"].contains(&route.operation);
    let of_staff = acts || begins.iter().any(|begin| route.path.starts_with(begin));
    match (of_staff, party) {
        (true, _) => "staff_required",
        (false, 'M' | 'V' | 'R' | 'S') => "manager_required",
        _ => "not_found",
    }
}

fn turned_away(answer: &Answer) -> Option<&'static str> {
    let code = answer.code();
    ["not_found", "manager_required", "staff_required", "sign_in_required"].into_iter().find(|known| *known == code)
}

async fn ask(session: &Session, route: &Route, path: &str) -> Answer {
    let request = session.request(method(route), path).header("if-match", "\"0\"");
    let request = if route.method == "GET" { request } else { request.json(&body(route.operation)) };
    session.send(request).await.unwrap()
}

/// A body that is well-formed and changes as little as can be.
fn body(operation: &str) -> Value {
    match operation {
        "inviteMember" => json!({ "email": CUSTOMER, "role": "viewer" }),
        "changeMember" => json!({ "role": "viewer" }),
        "addServer" => json!({ "name": "Server 1" }),
        "changeServer" => json!({ "name": "Roma" }),
        "answerOfflineRequest" => json!({ "request": "" }),
        "takeOfflineReturn" => json!({ "return": "" }),
        "saveAssignments" => json!({ "assignments": [] }),
        "findPerson" => json!({ "email": CUSTOMER }),
        _ => json!({}),
    }
}

/// What exists.
struct There<'a> {
    account: &'a str,
    server: &'a str,
    order: &'a str,
    mail: &'a str,
    event: &'a str,
}

/// A path to what exists where the operation reads, and to nothing where it writes.
fn path(route: &Route, there: &There<'_>) -> String {
    let server = if route.path.starts_with("/v1/servers/") { there.server } else { "b000000000" };
    let path = route
        .path
        .replace("{accountId}", there.account)
        .replace("{serverId}", server)
        .replace("{orderId}", there.order)
        .replace("{mailId}", there.mail)
        .replace("{eventId}", there.event)
        .replace("{topic}", "ownEndings")
        .replace("{personId}", "01JD0000000000000000000000")
        .replace("{resellerNumber}", "NOBODY");
    if route.operation == "findOrder" { format!("{path}?number=19%2F00021") } else { path }
}

fn method(route: &Route) -> Method {
    route.method.parse().unwrap()
}

fn routes() -> impl Iterator<Item = &'static Route> {
    let functions = [account::ROUTES, assign::ROUTES, check_in::ROUTES, mint_token::ROUTES, portal::ROUTES];
    functions.into_iter().chain([receive_order::ROUTES, unlock::ROUTES]).flatten()
}

/// Somebody of each party, signed in.
async fn people(world: &World) -> BTreeMap<char, Session> {
    let mut other = order(&world.clock, "19/00099", &[("IM120-4L", "OTHER")]);
    for (party, number, email) in
        [("customer", "C-OTHER", "other.customer@example.com"), ("reseller", "R-OTHER", "other.reseller@example.com")]
    {
        other[party]["number"] = number.into();
        other[party]["contact"]["email"] = email.into();
    }
    unlock(&world.stack, other).await;
    for email in ["viewer@example.com", "removed@example.com"] {
        let body = json!({ "email": email, "role": "viewer" });
        assert_eq!(world.customer.write(Method::POST, &world.path("/members"), &body).await.unwrap().status, 201);
    }
    let mut people = BTreeMap::new();
    for (party, email) in [
        ('M', CUSTOMER),
        ('V', "viewer@example.com"),
        ('R', RECIPIENT),
        ('S', "vendor@example.com"),
        ('r', "other.reseller@example.com"),
        ('c', "other.customer@example.com"),
        ('x', "removed@example.com"),
        ('o', "nobody@example.com"),
    ] {
        people.insert(party, Browser::new(&world.stack).unwrap().sign_in(&world.stack, email).await.unwrap());
    }
    assert_eq!(people[&'x'].get(&world.path("")).await.unwrap().status, 200, "a member until now");
    let members = world.customer.get(&world.path("/members")).await.unwrap().json();
    let removed = members["members"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["person"]["email"] == "removed@example.com")
        .unwrap();
    let path = world.path(&format!("/members/{}", removed["person"]["personId"].as_str().unwrap()));
    assert_eq!(world.customer.write(Method::DELETE, &path, &json!({})).await.unwrap().status, 204);
    people
}
