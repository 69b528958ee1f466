//! Servers that stay current by strings that people carry: the portal's side over HTTP, the AppSuite's side by the
//! reference client, which reaches nothing.

use appsuite::{InstallFault, Outcome};
use jiff::SignedDuration;
use lease::document::RefusalReason;
use reqwest::Method;
use serde_json::{Value, json};

use crate::offline_world::{FAX, Offline};
use crate::world::{changing, refused, send};

#[tokio::test(flavor = "multi_thread")]
async fn a_perpetual_server_lives_offline_from_request_to_return() {
    let it = Offline::with(20).await;
    assert_eq!(it.state().await["state"], "waitsForRequest");
    let suite = it.app_suite();
    let request = suite.client.offline_request(Some(&it.token().await)).unwrap();
    assert_eq!(suite.request(), request, "one request is open");
    let response = it.answered(&request).await;
    assert_eq!(it.upload(&request).await.json()["response"], response, "the same request has the same response");
    let state = it.state().await;
    assert_eq!((&state["state"], &state["response"]), (&json!("responseReady"), &json!(response)));
    assert_eq!(suite.runs(), 0);
    suite.client.offline_install(&response).unwrap();
    assert_eq!(suite.runs(), 20);
    assert_eq!(it.world.status(&it.server).await, "active");
    suite.clock.set(it.world.clock.now() + SignedDuration::from_hours(24 * 4_000));
    assert_eq!(suite.runs(), 20, "there is no end of contact");
    suite.clock.set("2019-01-01T00:00:00Z".parse().unwrap());
    assert_eq!(suite.runs(), 20, "a clock that was set back stops nothing");
    let confirmed = it.upload(&suite.request()).await.json();
    assert_eq!((&confirmed["outcome"], &confirmed["state"]), (&json!("confirmed"), &json!("confirmed")));

    let returned = suite.client.offline_return().unwrap();
    assert_eq!((suite.runs(), suite.client.offline_return().unwrap()), (0, returned.clone()));
    assert_eq!(suite.refuses(&response), InstallFault::Older, "what was returned never runs again");
    let answer = it.upload_return(&returned).await.json();
    assert_eq!((&answer["outcome"], &answer["state"]), (&json!("returned"), &json!("waitsForRequest")));
    assert_eq!(it.world.status(&it.server).await, "available");
    refused(&it.upload_return(&returned).await, 409, "nothing_to_return");
    assert_eq!(it.save(0).await.status, 200);
    assert_eq!(it.used().await, 0);
    it.world.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn less_is_free_when_the_next_string_confirms_it() {
    let it = Offline::with(20).await;
    let suite = it.installed().await;
    let other = it.world.add_server().await;
    assert_eq!(it.save(5).await.status, 200);
    assert_eq!(it.used().await, 20);
    let note = json!({ "code": "spent", "serverId": it.server, "capacity": 20, "assigned": 5 });
    assert_eq!(it.row().await["notes"], json!([note]));
    refused(&it.save_on(&other, 1).await, 409, "over_assigned");
    let response = it.answered(&suite.request()).await;
    assert_eq!(it.used().await, 20, "a response that may never be installed frees nothing");
    suite.client.offline_install(&response).unwrap();
    assert_eq!(suite.runs(), 5);
    let confirmed = it.upload(&suite.request()).await.json();
    assert_eq!(confirmed["outcome"], "confirmed");
    assert_eq!(confirmed["spent"][0]["capacity"], 5);
    assert_eq!(it.used().await, 5);
    assert_eq!(it.save_on(&other, 15).await.status, 200);
    it.world.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_cancelled_stays_spent_until_it_is_returned() {
    let mut it = Offline::with(20).await;
    let suite = it.installed().await;
    let codes = json!([{ "licenseCode": "FAX-P" }]);
    let cancelled = send(&it.world.stack, &changing(&it.world.clock, "cancellation", "20/00031", &codes)).await;
    assert_eq!(cancelled.0, 201, "{}", cancelled.1);
    it.buy_more().await;
    // The cancelled licences' last day and their grace are over.
    it.world.clock.advance(SignedDuration::from_hours(24 * 33));
    it.world.customer = it.world.signed_in().await;
    assert_eq!((suite.runs(), it.row().await["total"].as_u64(), it.used().await), (20, Some(20), 20));
    let other = it.world.add_server().await;
    assert_eq!(it.save(0).await.status, 200);
    assert_eq!(it.used().await, 20, "nobody can take back what runs offline");
    refused(&it.save_on(&other, 1).await, 409, "over_assigned");

    assert_eq!(it.upload_return(&suite.client.offline_return().unwrap()).await.json()["outcome"], "returned");
    assert_eq!((suite.runs(), it.used().await), (0, 0));
    assert_eq!(it.save_on(&other, 20).await.status, 200);
    it.world.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn more_reaches_the_app_suite_with_the_next_response() {
    let it = Offline::with(5).await;
    let suite = it.installed().await;
    assert_eq!(it.save(20).await.status, 200);
    assert_eq!(it.state().await["upToDate"], false);
    suite.client.offline_install(&it.answered(&suite.request()).await).unwrap();
    assert_eq!((suite.runs(), it.used().await), (20, 20));
    it.world.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subscription_and_an_offline_server_never_meet() {
    let it = Offline::with(5).await;
    let before = it.world.view().await;
    refused(&it.world.save(&[(&it.server, FAX, 1)]).await, 409, "offline_not_allowed");
    assert_eq!(it.world.view().await.body, before.body);
    let online = it.world.add_server().await;
    assert_eq!(it.world.save(&[(&online, FAX, 1)]).await.status, 200);
    let before = it.world.view().await;
    let switch = async || {
        let path = it.world.path(&format!("/servers/{online}"));
        it.world.customer.write(Method::PATCH, &path, &json!({ "mode": "offline" })).await.unwrap()
    };
    refused(&switch().await, 409, "offline_not_allowed");
    it.world.server_command(&online, "/disable").await;
    refused(&switch().await, 409, "offline_not_allowed");
    assert_ne!(it.world.view().await.body, before.body, "it is disabled");
    it.world.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_mode_changes_both_ways_and_an_app_suite_online_is_told_what_to_do() {
    let it = Offline::with(20).await;
    let (token, online) = (it.token().await, it.world.app_suite("online"));
    let told = online.client.activate(&token).await.unwrap();
    assert_eq!(told, Outcome::Refused(RefusalReason::Offline));
    let suite = it.installed().await;
    refused(&it.set_mode("online").await, 409, "offline_not_returned");
    refused(&it.world.server_command(&it.server, "/release").await, 409, "offline_not_returned");
    it.upload_return(&suite.client.offline_return().unwrap()).await;
    assert_eq!(it.set_mode("online").await.status, 200);
    assert!(matches!(online.client.check_in().await.unwrap(), Outcome::NewLease { .. }));
    refused(&it.upload(&suite.request()).await, 409, "server_not_offline");
    assert_eq!(it.set_mode("offline").await.status, 200);
    let other = it.upload(&suite.client.offline_request(None).unwrap()).await;
    refused(&other, 409, "offline_other_installation");
    let same = it.answered(&online.client.offline_request(None).unwrap()).await;
    online.client.offline_install(&same).unwrap();
    assert_eq!(online.client.status().lease_until, None, "it needs no contact any more");
    it.world.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_string_that_is_not_for_this_place_changes_nothing() {
    let it = Offline::with(5).await;
    let suite = it.installed().await;
    let request = suite.request();
    let elsewhere = Offline { world: it.world, server: String::new() };
    let other = Offline { server: elsewhere.world.add_server().await, ..elsewhere };
    assert_eq!(other.save(5).await.status, 200);
    assert_eq!(other.set_mode("offline").await.status, 200);
    refused(&other.upload(&request).await, 409, "offline_other_server");
    let stranger = other.installed().await;
    let wrong_server = other.answered_again(&stranger).await;
    assert!(matches!(suite.refuses(&wrong_server), InstallFault::OtherServer(_)));

    let typed = format!("{}X{}", &request[..40], &request[41..]);
    let answer = other.upload(&typed).await;
    refused(&answer, 422, "invalid_body");
    let fault = answer.json()["faults"][0].clone();
    assert_eq!((&fault["pointer"], &fault["code"]), (&json!("/request"), &json!("invalid_string")));
    assert!(fault["detail"].as_str().unwrap().starts_with("Line 2 is not right"), "{fault}");
    refused(&other.upload(&stranger.client.offline_return().unwrap()).await, 422, "invalid_body");
    other.world.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_response_of_another_installation_or_of_yesterday_is_not_installed() {
    let it = Offline::with(5).await;
    let suite = it.app_suite();
    let first = it.answered(&suite.client.offline_request(Some(&it.token().await)).unwrap()).await;
    suite.client.offline_install(&first).unwrap();
    assert_eq!(suite.refuses(&first), InstallFault::Installed);
    let second = it.answered_again(&suite).await;
    suite.client.offline_install(&second).unwrap();
    assert_eq!(suite.refuses(&first), InstallFault::Older);
    let copy = it.app_suite();
    let request = copy.client.offline_request(Some(&it.token().await)).unwrap();
    refused(&it.upload(&request).await, 409, "offline_other_installation");
    assert_eq!(copy.refuses(&second), InstallFault::OtherInstallation);
    assert_eq!((copy.runs(), suite.runs()), (0, 6));
    it.world.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn strings_from_before_are_refused() {
    let it = Offline::with(5).await;
    let suite = it.app_suite();
    let first = suite.client.offline_request(Some(&it.token().await)).unwrap();
    suite.client.offline_install(&it.answered(&first).await).unwrap();
    suite.client.offline_install(&it.answered_again(&suite).await).unwrap();
    refused(&it.upload(&first).await, 409, "offline_request_outdated");
    let returned = suite.client.offline_return().unwrap();
    it.upload_return(&returned).await;
    suite.client.offline_install(&it.answered(&suite.request()).await).unwrap();
    refused(&it.upload_return(&returned).await, 409, "offline_return_outdated");
    assert_eq!(suite.runs(), 6);
    it.world.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_who_has_the_current_token_is_answered() {
    let it = Offline::with(5).await;
    let suite = it.app_suite();
    let old = suite.client.offline_request(Some(&it.token().await)).unwrap();
    let path = format!("/v1/servers/{}/token", it.server);
    it.world.customer.write(Method::POST, &path, &json!({})).await.unwrap();
    refused(&it.upload(&old).await, 409, "offline_token_not_current");
    let forged = lease::ServerToken::mint(&lease::MacRing::single(1, [9; 32]), &it.server, 2).to_string();
    let thief = it.app_suite();
    let request = thief.client.offline_request(Some(&forged)).unwrap();
    refused(&it.upload(&request).await, 409, "offline_token_not_current");
    let request = suite.client.offline_request(Some(&it.token().await)).unwrap();
    assert_ne!(request, old);
    suite.client.offline_install(&it.answered(&request).await).unwrap();
    let empty = Offline { server: it.world.add_server().await, world: it.world };
    assert_eq!(empty.set_mode("offline").await.status, 200);
    let token = lease::ServerToken::mint(&lease::MacRing::single(1, [9; 32]), &empty.server, 1).to_string();
    let request = empty.app_suite().client.offline_request(Some(&token)).unwrap();
    refused(&empty.upload(&request).await, 409, "no_token_yet");
    empty.world.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_installation_is_declared_within_a_budget_and_then_by_staff_who_say_why() {
    let mut it = Offline::with(20).await;
    refused(&it.declare_lost(&it.world.customer, &json!({})).await, 409, "nothing_to_return");
    for left in [1, 0] {
        it.installed().await;
        let lost = it.declare_lost(&it.world.customer, &json!({})).await.json();
        assert_eq!((&lost["outcome"], &lost["lossesLeft"]), (&json!("declaredLost"), &json!(left)));
        assert_eq!((&lost["spent"], &lost["response"]), (&json!([]), &Value::Null));
    }
    it.installed().await;
    assert_eq!(it.save(5).await.status, 200);
    assert_eq!(it.used().await, 20);
    refused(&it.declare_lost(&it.world.customer, &json!({})).await, 409, "too_many_losses");
    let staff = it.world.sign_in("vendor@example.com").await;
    assert_eq!(staff.get("/v1/me").await.unwrap().status, 200);
    refused(&it.declare_lost(&staff, &json!({ "reason": " " })).await, 422, "reason_required");
    let lost = it.declare_lost(&staff, &json!({ "reason": "The data centre burned down." })).await;
    assert_eq!(lost.status, 200, "{}", lost.body);
    assert_eq!(it.used().await, 5);
    let audit = it.world.customer.get(&it.world.path("/audit")).await.unwrap().json();
    let entries = audit["entries"].as_array().unwrap();
    let by_staff = |entry: &&Value| entry["details"]["reason"] == "The data centre burned down.";
    let entry = entries.iter().find(by_staff).unwrap();
    assert_eq!(
        (&entry["action"], &entry["details"]["spent"][0]["capacity"]),
        (&json!("declareOfflineLost"), &json!(20))
    );
    it.installed().await;
    it.world.clock.advance(SignedDuration::from_hours(366 * 24));
    it.world.customer = it.world.signed_in().await;
    assert_eq!(it.declare_lost(&it.world.customer, &json!({})).await.status, 200);
    it.world.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_that_is_repeated_is_answered_with_the_response_again() {
    let it = Offline::with(5).await;
    let request = it.app_suite().client.offline_request(Some(&it.token().await)).unwrap();
    let path = format!("/v1/servers/{}/offline/request", it.server);
    let send = async || {
        let body = json!({ "request": request });
        let mut request = it.world.customer.request(Method::POST, &path).json(&body).build().unwrap();
        request.headers_mut().insert("idempotency-key", "one".parse().unwrap());
        reqwest::Client::new().execute(request).await.unwrap().json::<Value>().await.unwrap()
    };
    let first = send().await;
    assert_eq!(first["outcome"], "answered");
    assert_eq!(send().await, first);
    it.world.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disabled_offline_server_keeps_what_it_may_run() {
    let it = Offline::with(20).await;
    let suite = it.installed().await;
    it.world.server_command(&it.server, "/disable").await;
    assert_eq!(it.used().await, 20);
    refused(&it.upload(&suite.request()).await, 409, "server_disabled");
    let services = it.world.view().await.json()["servers"][0]["items"][0]["services"].clone();
    assert_eq!(services, json!(["support"]));
    assert_eq!(suite.client.status().rows[0].services, ["support"]);
    it.world.stack.stop().await;
}
