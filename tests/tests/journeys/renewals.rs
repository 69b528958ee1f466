//! Renewals: of what is unlocked, of what is locked, of what has ended, and each of their refusals.

use appsuite::Outcome;
use appsuite::status::RowStatus;
use jiff::SignedDuration;
use local::{Browser, MailPart};
use serde_json::{Value, json};

use crate::world::{
    CUSTOMER, RECIPIENT, World, changing, faults, mail_to, open_in_english, order, post, press_in_english, send, unlock,
};

const FAX: &str = "IP Fax server";
/// What is bought today holds from 2026-11-24 to 2027-11-23.
const NEXT_YEAR: (&str, &str) = ("2027-11-24", "2028-11-23");

async fn renew(world: &World, number: &str, lines: Value) -> (u16, Value) {
    send(&world.stack, &changing(&world.clock, "renewal", number, &lines)).await
}

fn care((start, term): (&str, &str), level: &str) -> Value {
    json!({ "level": level, "start": start, "term": term })
}

fn renewed_for(code: &str, period: (&str, &str)) -> Value {
    json!({ "licenseCode": code, "start": period.0, "term": period.1, "care": care(period, "gold") })
}

async fn row(world: &World, application: &str) -> Value {
    let view = world.signed_in().await.get(&world.path("?include=grants")).await.unwrap().json();
    view["rows"].as_array().unwrap().iter().find(|row| row["application"] == application).unwrap().clone()
}

async fn total(world: &World) -> Value {
    row(world, FAX).await["total"].clone()
}

fn days(days: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * days)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renewal_of_an_unlocked_licence_needs_nothing_but_the_next_check_in() {
    let world = World::with_fax().await;
    let (_, token) = world.server_with_token(4).await;
    let suite = world.app_suite("one");
    suite.client.activate(&token).await.unwrap();
    let (status, receipt) = renew(&world, "20/00001", json!([renewed_for("FAX1", NEXT_YEAR)])).await;
    assert_eq!((status, &receipt["number"]), (201, &json!("20/00001")), "{receipt}");

    assert_eq!(suite.client.check_in().await.unwrap(), Outcome::NewLease { serial: 2 });
    let fax = row(&world, FAX).await;
    assert_eq!((&fax["total"], &fax["used"]), (&json!(4), &json!(4)), "two terms of one licence never add");
    let grant = &fax["grants"][0];
    assert_eq!(grant["terms"][1], json!({ "capacity": 4, "start": NEXT_YEAR.0, "term": NEXT_YEAR.1 }));
    assert_eq!(grant["renewals"][0]["orderNumber"], "20/00001");
    for reader in [CUSTOMER, RECIPIENT] {
        let mail = mail_to(&world.stack, reader, "20/00001").await;
        assert!(mail.subject().starts_with("Licenze rinnovate"), "{}", mail.subject());
        let text = mail.part(MailPart::Text).unwrap();
        assert!(text.contains("FAX1") && text.contains("4 dal 24/11/2027 al 23/11/2028"), "{text}");
    }
    let (again, repeated) = renew(&world, "20/00001", json!([renewed_for("FAX1", NEXT_YEAR)])).await;
    assert_eq!((again, &repeated["orderId"]), (200, &receipt["orderId"]));
    assert_eq!(row(&world, FAX).await["grants"][0]["terms"].as_array().unwrap().len(), 2, "applied once");

    world.clock.advance(days(380));
    suite.clock.set(world.clock.now());
    assert!(matches!(suite.client.check_in().await.unwrap(), Outcome::NewLease { .. }));
    let shown = suite.client.status().rows.remove(0);
    assert_eq!((shown.capacity, shown.status), (4, RowStatus::Active));
    assert_eq!(shown.term.unwrap().to_string(), NEXT_YEAR.1);
    world.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_examples_for_the_erp_renew_and_cancel_the_sample_order() {
    let clock = http_api::Clock::manual("2026-11-24T09:00:00Z".parse().unwrap());
    let stack = local::Stack::start(local::StackConfig::in_memory(clock)).await.unwrap();
    let sample = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    unlock(&stack, sample(include_str!("../../../infra/local/samples/order.json"))).await;
    for example in [
        include_str!("../../../infra/local/samples/renewal.json"),
        include_str!("../../../infra/local/samples/cancellation.json"),
    ] {
        let (status, answer) = send(&stack, &sample(example)).await;
        assert_eq!(status, 201, "{answer}");
    }
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renewal_of_a_locked_line_changes_it_and_leaves_it_locked() {
    let world = World::with_fax().await;
    let old = post(&world.stack, order(&world.clock, "19/00022", &[("IM120-4L", "FAX2")])).await;
    let mut line = renewed_for("FAX2", NEXT_YEAR);
    line["quantity"] = 3.into();
    let (status, receipt) = renew(&world, "20/00001", json!([line])).await;
    assert_eq!(status, 201, "{receipt}");
    assert_eq!(total(&world).await, json!(4), "it stays locked");

    let revised = mail_to(&world.stack, RECIPIENT, "Modificato: ").await;
    let new = revised.links().into_iter().find(|link| link.contains("/unlock/")).unwrap();
    let browser = Browser::new(&world.stack).unwrap();
    assert_eq!(browser.open(&old).await.unwrap().status, 410, "a newer mail was sent");
    let page = open_in_english(&browser, &new).await;
    assert_eq!(press_in_english(&browser, &page, &new, "unlock", &[]).await.status, 303);
    let fax = row(&world, FAX).await;
    assert_eq!(fax["total"], json!(12), "8 this year, and the larger quantity from its start, when FAX1 has ended");
    let grants = fax["grants"].as_array().unwrap();
    let second = grants.iter().find(|grant| grant["licenseCode"] == "FAX2").unwrap();
    assert_eq!(second["terms"].as_array().unwrap().len(), 2);
    assert!(!world.stack.mailbox.all().iter().any(|mail| mail.subject().starts_with("Licenze rinnovate")));

    // Locked again, the line keeps its renewal.
    let staff = world.sign_in("vendor@example.com").await;
    let found = staff.get("/v1/orders?number=19%2F00022").await.unwrap().json();
    assert_eq!(found["order"]["lines"][0]["renewals"][0]["orderNumber"], "20/00001");
    let lock = format!("/v1/orders/{}/lock", found["order"]["orderId"].as_str().unwrap());
    let locked = staff.write(reqwest::Method::POST, &lock, &json!({})).await.unwrap();
    assert_eq!(locked.status, 200, "{}", locked.body);
    assert_eq!(total(&world).await, json!(4));
    let page = open_in_english(&browser, &new).await;
    assert_eq!(press_in_english(&browser, &page, &new, "unlock", &[]).await.status, 303);
    assert_eq!(total(&world).await, json!(12));
    world.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_the_end_a_renewal_begins_at_its_own_start_and_heals_what_was_assigned() {
    let world = World::with_fax().await;
    let (server, token) = world.server_with_token(4).await;
    let suite = world.app_suite("one");
    suite.client.activate(&token).await.unwrap();
    world.clock.advance(days(420));
    assert_eq!(total(&world).await, json!(0), "the term and its grace are over");
    let late = ("2028-02-01", "2029-01-31");
    let (status, receipt) = renew(&world, "20/00001", json!([renewed_for("FAX1", late)])).await;
    assert_eq!(status, 201, "{receipt}");
    let fax = row(&world, FAX).await;
    assert_eq!((&fax["total"], &fax["servers"][&server]), (&json!(4), &json!(4)));
    suite.clock.set(world.clock.now());
    suite.client.check_in().await.unwrap();
    assert!(suite.client.status().rows.iter().all(|row| row.capacity == 0), "the gap stays");
    world.clock.advance(days(15));
    suite.clock.set(world.clock.now());
    suite.client.check_in().await.unwrap();
    let shown = suite.client.status().rows.remove(0);
    assert_eq!((shown.capacity, shown.start.to_string().as_str()), (4, late.0), "with no new assignment");
    world.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn more_counts_from_its_start_and_less_when_the_term_before_has_ended() {
    let world = World::with_fax().await;
    let grown = json!({ "licenseCode": "FAX1", "quantity": 3, "start": "2027-01-01", "term": "2027-11-23" });
    assert_eq!(renew(&world, "20/00001", json!([grown])).await.0, 201);
    assert_eq!(total(&world).await, json!(12), "what starts later can be assigned today");
    let shrunk = json!({ "licenseCode": "FAX1", "quantity": 2, "start": "2027-06-01", "term": "2028-05-31" });
    assert_eq!(renew(&world, "20/00002", json!([shrunk])).await.0, 201);
    world.clock.advance(days(360));
    assert_eq!(total(&world).await, json!(12), "2027-11-19: the larger term has not ended");
    world.clock.advance(days(6));
    assert_eq!(total(&world).await, json!(8), "2027-11-25");
    let care_alone = json!([{ "licenseCode": "FAX1", "care": care(("2027-11-24", "2028-05-31"), "platinum") }]);
    assert_eq!(renew(&world, "20/00003", care_alone).await.0, 201);
    let fax = row(&world, FAX).await;
    assert_eq!((&fax["care"], &fax["total"]), (&json!("platinum"), &json!(8)), "care renews apart");
    world.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_had_ended_before_its_unlock_comes_to_life() {
    let world = World::with_fax().await;
    let mut over = order(&world.clock, "19/00022", &[("IM162-90L", "REC1")]);
    over["lines"][0]["start"] = "2024-01-01".into();
    over["lines"][0]["term"] = "2024-12-31".into();
    unlock(&world.stack, over).await;
    let rows = world.view().await.json()["rows"].as_array().unwrap().len();
    assert_eq!(rows, 1, "it gave nothing");
    let period = ("2026-12-01", "2027-11-30");
    let (status, receipt) = renew(&world, "20/00001", json!([renewed_for("REC1", period)])).await;
    assert_eq!(status, 201, "{receipt}");
    assert_eq!(row(&world, "Call Recording").await["total"], json!(90));
    let orders = world.customer.get(&world.path("/orders")).await.unwrap().json();
    let of =
        |number: &str| orders["orders"].as_array().unwrap().iter().find(|order| order["number"] == number).unwrap();
    assert_eq!(of("19/00022")["lines"][0]["status"], "unlocked");
    let renewal = of("20/00001");
    assert_eq!((&renewal["kind"], &renewal["status"]), (&json!("renewal"), &json!("applied")));
    assert_eq!(renewal["changes"][0]["term"]["start"], period.0);
    world.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_perpetual_licence_grows_and_renews_its_care() {
    let world = World::with_fax().await;
    let mut bought = order(&world.clock, "19/00022", &[("IM110-250L", "USERS")]);
    bought["lines"][0]["licenseType"] = "perpetual".into();
    bought["lines"][0]["term"] = Value::Null;
    unlock(&world.stack, bought).await;
    let wrong = json!([
        { "licenseCode": "USERS", "start": "2027-01-01", "term": "2027-12-31" },
    ]);
    assert_eq!(faults(&renew(&world, "20/00001", wrong).await.1), [("/lines/0/term", "unexpected_term")]);
    let start_alone = json!([{ "licenseCode": "USERS", "start": "2027-01-01" }]);
    assert_eq!(faults(&renew(&world, "20/00001", start_alone).await.1), [("/lines/0/start", "unexpected_start")]);
    let same = json!([{ "licenseCode": "USERS", "start": "2027-01-01", "quantity": 1 }]);
    assert_eq!(faults(&renew(&world, "20/00001", same).await.1), [("/lines/0/quantity", "not_more_than_before")]);
    let grown =
        json!([{ "licenseCode": "USERS", "start": "2027-01-01", "quantity": 2, "care": care(NEXT_YEAR, "gold") }]);
    assert_eq!(renew(&world, "20/00001", grown).await.0, 201);
    let row = row(&world, "Accounting & Billing").await;
    assert_eq!(row["total"], json!(500), "{row}");
    assert_eq!(row["grants"][0]["care"].as_array().unwrap().len(), 2);
    world.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_fit_is_refused_by_pointer_and_nothing_changes() {
    let world = World::with_fax().await;
    post(&world.stack, order(&world.clock, "19/00022", &[("IM120-4L", "FAX2")])).await;
    let before = world.view().await.body;
    let none = |code: &str| json!({ "licenseCode": code });
    let no_term = json!({ "licenseCode": "FAX1", "start": "2027-11-24" });
    let no_start = json!({ "licenseCode": "FAX3", "term": "2027-11-24", "quantity": 2 });
    let (status, problem) = renew(&world, "20/00001", json!([none("FAX1"), no_start])).await;
    assert_eq!((status, &problem["code"]), (422, &json!("invalid_order")));
    assert_eq!(faults(&problem), [("/lines/0", "nothing_to_renew"), ("/lines/1/start", "missing")]);
    let older = renewed_for("FAX2", ("2026-11-01", "2028-11-23"));
    let lines = json!([no_term, older, renewed_for("NOBODYS", NEXT_YEAR)]);
    let (_, problem) = renew(&world, "20/00001", lines).await;
    assert_eq!(
        faults(&problem),
        [
            ("/lines/0/term", "missing"),
            ("/lines/1/start", "older_than_applied"),
            ("/lines/1/care/start", "older_than_applied"),
            ("/lines/2/licenseCode", "unknown_license_code"),
        ]
    );
    let mut foreign = changing(&world.clock, "renewal", "20/00001", &json!([renewed_for("FAX1", NEXT_YEAR)]));
    foreign["customer"]["number"] = "C-OTHER".into();
    let (_, problem) = send(&world.stack, &foreign).await;
    assert_eq!(faults(&problem), [("/lines/0/licenseCode", "foreign_license_code")]);
    assert_eq!(world.view().await.body, before);

    let good = json!([renewed_for("FAX1", NEXT_YEAR)]);
    assert_eq!(renew(&world, "20/00001", good.clone()).await.0, 201, "nothing was stored before");
    let other = renew(&world, "20/00001", json!([renewed_for("FAX1", ("2027-11-24", "2029-11-23"))])).await;
    assert_eq!((other.0, &other.1["code"]), (409, &json!("order_differs")));
    let mut later = changing(&world.clock, "renewal", "20/00001", &good);
    later["revision"] = 2.into();
    let (status, applied) = send(&world.stack, &later).await;
    assert_eq!((status, &applied["code"]), (409, &json!("order_applied")));
    later["number"] = "19/00022".into();
    let (status, differs) = send(&world.stack, &later).await;
    assert_eq!((status, &differs["code"]), (409, &json!("order_differs")), "another type: {differs}");
    world.stack.stop().await;
}
