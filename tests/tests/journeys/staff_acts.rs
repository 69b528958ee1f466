//! What vendor staff does for a customer that nobody there can do, and the events that wait for them.

use std::time::Duration;

use local::{Answer, Session};
use reqwest::Method;
use serde_json::{Value, json};

use crate::world::{CUSTOMER, RECIPIENT, World, order, refused, unlock};

const STAFF: &str = "vendor@example.com";
const NEW: &str = "new.manager@example.com";
const PATIENCE: Duration = Duration::from_secs(20);

async fn write(session: &Session, method: Method, path: &str, body: &Value) -> Answer {
    session.write(method, path, body).await.unwrap()
}

/// Waits for a mail to an address whose subject has a text.
async fn mailed(world: &World, to: &str, text: &str) {
    let wanted = |mail: &local::Mail| mail.is_to(to) && mail.subject().contains(text);
    assert!(world.stack.mailbox.wait_for(PATIENCE, wanted).await.is_some(), "{to}: {text}");
}

async fn acts_of_audit(world: &World) -> Vec<Value> {
    let audit = world.customer.get(&world.path("/audit")).await.unwrap().json();
    audit["entries"].as_array().unwrap().clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_longer_grace_reaches_the_servers_and_is_taken_back() {
    let world = World::with_fax().await;
    let staff = world.sign_in(STAFF).await;
    let (server, _) = world.server_with_token(2).await;
    let until = async || {
        let id = licensing::id::ServerId::parse(&server).unwrap();
        let sheet = world.table().server_sheet(&id, table::Consistency::Strong).await.unwrap().unwrap();
        sheet.server.segments().unwrap().iter().filter_map(|segment| segment.until).max().unwrap()
    };
    let path = world.path("/grace");
    let usual = until().await;
    let set = |days: u32| json!({ "days": days, "reason": "The renewal waits for a tender" });
    let answer = write(&staff, Method::PUT, &path, &set(90)).await;
    assert_eq!((answer.status.as_u16(), &answer.json()["termGraceDays"]), (200, &json!(90)), "{}", answer.body);
    assert_eq!(world.view().await.json()["policy"]["termGraceDays"], 90);
    assert_eq!(until().await.duration_since(usual), jiff::SignedDuration::from_hours(60 * 24));
    mailed(&world, CUSTOMER, "90").await;
    let entry = acts_of_audit(&world).await.into_iter().find(|entry| entry["action"] == "setGrace").unwrap();
    assert_eq!(entry["details"], json!({ "from": 30, "to": 90, "reason": "The renewal waits for a tender" }));

    assert_eq!(write(&staff, Method::PUT, &path, &set(30)).await.status, 200);
    assert_eq!(until().await, usual);
    for faulty in [set(29), set(366), json!({ "days": 60, "reason": " " })] {
        refused(&write(&staff, Method::PUT, &path, &faulty).await, 422, "invalid_body");
    }
    refused(&write(&world.customer, Method::PUT, &path, &set(90)).await, 403, "staff_required");
    world.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_moves_to_another_reseller_and_the_lists_follow() {
    let world = World::with_fax().await;
    let staff = world.sign_in(STAFF).await;
    let old = world.sign_in(RECIPIENT).await;
    let mut elsewhere = order(&world.clock, "19/00050", &[("IM120-4L", "ELSE")]);
    elsewhere["customer"]["number"] = "C-ELSE".into();
    elsewhere["reseller"] = json!({ "number": "R-NEW", "name": "New Reseller", "contact": { "email": NEW } });
    unlock(&world.stack, elsewhere).await;
    let new = world.sign_in(NEW).await;
    let sees = async |session: &Session| {
        let listed = session.get("/v1/accounts").await.unwrap().json();
        let accounts = listed["accounts"].as_array().unwrap().clone();
        accounts.iter().any(|account| account["accountId"] == json!(world.account))
    };
    assert!(sees(&old).await && !sees(&new).await);

    let path = world.path("/resellers/R-200/move");
    let body = json!({ "number": "R-NEW", "name": "New Reseller", "reason": "The customer asked for it" });
    let moved = write(&staff, Method::POST, &path, &body).await;
    assert_eq!((moved.status.as_u16(), &moved.json()["access"]), (200, &json!("granted")), "{}", moved.body);
    assert!(!sees(&old).await && sees(&new).await);
    refused(&old.get(&world.path("")).await.unwrap(), 404, "not_found");
    assert_eq!(new.get(&world.path("")).await.unwrap().status, 200);
    for member in [CUSTOMER, RECIPIENT, NEW] {
        mailed(&world, member, "New Reseller").await;
    }
    refused(&write(&staff, Method::POST, &path, &body).await, 404, "reseller_not_found");
    let onto_itself = world.path("/resellers/R-NEW/move");
    refused(&write(&staff, Method::POST, &onto_itself, &body).await, 409, "reseller_has_access");
    let back = json!({ "number": "R-200", "name": "Imagicle Spa", "reason": "A mistake" });
    assert_eq!(write(&staff, Method::POST, &onto_itself, &back).await.status, 200);
    assert!(sees(&old).await && !sees(&new).await);
    world.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn staff_makes_a_manager_where_the_only_one_has_gone() {
    let world = World::with_fax().await;
    let staff = world.sign_in(STAFF).await;
    let body = json!({ "email": NEW, "name": "Nina", "reason": "The manager has left the company" });
    let path = world.path("/manager");
    let made = write(&staff, Method::POST, &path, &body).await;
    assert_eq!((made.status.as_u16(), &made.json()["role"]), (201, &json!("manager")), "{}", made.body);
    mailed(&world, CUSTOMER, "Nina").await;
    let manager = world.sign_in(NEW).await;
    let removed = manager.get(&world.path("/members")).await.unwrap().json();
    let gone =
        removed["members"].as_array().unwrap().iter().find(|one| one["person"]["email"] == CUSTOMER).unwrap().clone();
    let of_gone = world.path(&format!("/members/{}", gone["person"]["personId"].as_str().unwrap()));
    assert_eq!(write(&manager, Method::PATCH, &of_gone, &json!({ "role": "viewer" })).await.status, 200);
    refused(&write(&staff, Method::POST, &path, &body).await, 409, "already_member");
    let of_viewer = json!({ "email": CUSTOMER, "reason": "She is back" });
    assert_eq!(write(&staff, Method::POST, &path, &of_viewer).await.json()["role"], "manager");

    let of_reseller = json!({ "email": "nino@example.com", "reason": "The manager has left" });
    let made = write(&staff, Method::POST, "/v1/resellers/R-200/manager", &of_reseller).await;
    assert_eq!(made.status, 201, "{}", made.body);
    mailed(&world, RECIPIENT, "nino@example.com").await;
    let nino = world.sign_in("nino@example.com").await;
    assert_eq!(nino.get(&world.path("")).await.unwrap().status, 200);
    refused(&write(&nino, Method::POST, &path, &body).await, 403, "staff_required");
    world.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_is_not_wanted_waits_for_staff_who_replay_or_dismiss_it() {
    let world = World::with_fax().await;
    let staff = world.sign_in(STAFF).await;
    let receiver = &world.stack.receiver;
    let told =
        |number: &'static str| move |received: &local::Received| received.json()["data"]["orderNumber"] == number;
    receiver.wait_for(PATIENCE, told("19/00021")).await.unwrap();
    receiver.refuse_always(410);
    for (number, code) in [("19/00022", "FAX2"), ("19/00023", "FAX3")] {
        unlock(&world.stack, order(&world.clock, number, &[("IM120-4L", code)])).await;
        receiver.wait_for(PATIENCE, told(number)).await.unwrap();
    }
    let parked = until_parked(&staff, 2).await;
    let of = |number: &str| parked.iter().find(|one| one["data"]["orderNumber"] == number).unwrap();
    let path = |event: &Value, rest: &str| format!("/v1/events/{}{rest}", event["eventId"].as_str().unwrap());
    assert_eq!((&of("19/00022")["type"], &of("19/00022")["attempts"]), (&json!("order.unlocked"), &json!(1)));
    let about = |mail: &local::Mail| mail.is_to(STAFF) && mail.subject().contains("order.unlocked");
    let mail = world.stack.mailbox.wait_for(PATIENCE, about).await.unwrap();
    assert!(mail.links().iter().any(|link| link.ends_with("/events")), "{:?}", mail.links());
    receiver.clear();

    let replay = path(of("19/00022"), "/replay");
    assert_eq!(write(&staff, Method::POST, &replay, &json!({})).await.status, 204);
    assert_eq!(write(&staff, Method::DELETE, &path(of("19/00023"), ""), &json!({})).await.status, 204);
    refused(&write(&staff, Method::POST, &replay, &json!({})).await, 409, "event_not_parked");
    world.stack.sweep().await;
    let taken = receiver.wait_for(PATIENCE, |one| one.status == 204 && told("19/00022")(one)).await.unwrap();
    let first = receiver.all().into_iter().find(|one| one.status == 410 && told("19/00022")(one)).unwrap();
    assert_eq!((taken.id, taken.body), (first.id, first.body), "a replay is the same message");
    assert!(!receiver.taken().iter().any(told("19/00023")));
    let left = staff.get("/v1/events").await.unwrap().json();
    assert_eq!(left["events"], json!([]));
    let told = world.stack.mailbox.to(STAFF).into_iter().filter(|mail| about(mail)).count();
    assert_eq!(told, 1, "once a day, although two were parked");
    world.stack.stop().await;
}

/// The parked events, once there are so many.
async fn until_parked(staff: &Session, count: usize) -> Vec<Value> {
    let waiting = async {
        loop {
            let listed = staff.get("/v1/events").await.unwrap().json();
            let events = listed["events"].as_array().unwrap().clone();
            if events.len() == count {
                return events;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.expect("the events were not parked")
}
