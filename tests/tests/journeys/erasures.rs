//! A person is erased: nothing of them is left, and everything that named them goes on.

use std::fmt::Write as _;
use std::time::Duration;

use licensing::id::PersonId;
use licensing::member::{Party, Role, Why};
use licensing::text::EmailAddress;
use local::{Answer, Browser, Fault, Session, Trouble};
use reqwest::Method;
use serde_json::{Value, json};
use table::Transaction;

use crate::world::{CUSTOMER, RECIPIENT, World, mail_to, open_in_english, order, post, refused, unlock};

const STAFF: &str = "vendor@example.com";
const PATIENCE: Duration = Duration::from_secs(20);

async fn find(staff: &Session, email: &str) -> Answer {
    staff.write(Method::POST, "/v1/people/find", &json!({ "email": email })).await.unwrap()
}

async fn id_of(staff: &Session, email: &str) -> String {
    let found = find(staff, email).await;
    found.json()["person"]["personId"].as_str().unwrap_or_else(|| panic!("{}", found.body)).to_owned()
}

async fn erase(staff: &Session, person: &str, reason: &str) -> Answer {
    let path = format!("/v1/people/{person}/erase");
    staff.write(Method::POST, &path, &json!({ "reason": reason })).await.unwrap()
}

/// Every item of the table, as text.
#[expect(clippy::disallowed_methods, reason = "what must be nowhere is looked for everywhere")]
async fn everything(world: &World) -> String {
    let client = aws_sdk_dynamodb::Client::new(&world.stack.sdk);
    let (mut text, mut after) = (String::new(), None);
    loop {
        let scan = client.scan().table_name(world.stack.settings.table_name.as_str());
        let page = scan.set_exclusive_start_key(after).send().await.unwrap();
        for item in page.items() {
            writeln!(text, "{item:?}").unwrap();
        }
        after = page.last_evaluated_key;
        if after.is_none() {
            return text;
        }
    }
}

/// Waits until staff has as many mails to look at.
async fn parked(staff: &Session, count: usize) -> Value {
    let waiting = async {
        loop {
            let mails = staff.get("/v1/mails").await.unwrap().json()["mails"].clone();
            if mails.as_array().unwrap().len() == count {
                return mails;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.expect("so many mails wait for staff")
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_an_erased_person_is_left_and_all_that_named_them_answers() {
    let world = World::with_fax().await;
    let staff = world.sign_in(STAFF).await;
    // She is also asked for elsewhere, has a mail that waits for staff, and invited somebody.
    let mut elsewhere = order(&world.clock, "19/00022", &[("IM120-4L", "FAX2")]);
    elsewhere["customer"]["number"] = "C-OTHER".into();
    elsewhere["customer"]["contact"] = json!({ "email": "other@example.com" });
    unlock(&world.stack, elsewhere.clone()).await;
    elsewhere["number"] = "19/00023".into();
    elsewhere["lines"][0]["licenseCode"] = "FAX3".into();
    elsewhere["customer"]["contact"] = json!({ "email": CUSTOMER });
    unlock(&world.stack, elsewhere).await;
    let viewer = json!({ "email": "viewer@example.com", "role": "viewer" });
    assert_eq!(world.customer.write(Method::POST, &world.path("/members"), &viewer).await.unwrap().status, 201);
    world.stack.faults.recipient(CUSTOMER, Fault::Bounced);
    let grace = json!({ "days": 60, "reason": "A tender" });
    assert_eq!(staff.write(Method::PUT, &world.path("/grace"), &grace).await.unwrap().status, 200);
    assert_eq!(parked(&staff, 1).await[0]["reader"]["email"], CUSTOMER);

    let file = find(&staff, CUSTOMER).await.json();
    assert_eq!((&file["person"]["name"], &file["language"]), (&"Chiara Conti".into(), &"it".into()));
    assert_eq!(file["memberships"][0]["of"], json!(world.account));
    assert_eq!(file["requests"].as_array().map(Vec::len), Some(1), "{file}");
    assert!(file["signIn"]["subject"].is_string());
    assert!(everything(&world).await.contains(CUSTOMER));
    let person = file["person"]["personId"].as_str().unwrap();
    let path = format!("/v1/people/{person}/erase");
    let erase = async |key: &str, reason: &str| {
        let request = staff.request_again(Method::POST, &path, key).json(&json!({ "reason": reason }));
        staff.send(request).await.unwrap()
    };
    let erased = erase("one", "She asked for it").await;
    assert_eq!(erased.status, 200, "{}", erased.body);
    assert_eq!(erased.json()["withoutManager"], json!([{ "party": "account", "of": world.account }]));

    let left = everything(&world).await;
    for gone in [CUSTOMER, "chiara", "Chiara", "Conti"] {
        let lines: Vec<_> = left.lines().filter(|line| line.contains(gone)).collect();
        assert!(lines.is_empty(), "{gone} is left in {lines:#?}");
    }
    refused(&find(&staff, CUSTOMER).await, 404, "not_found");
    assert_eq!(erase("one", "She asked for it").await.body, erased.body, "the same request again");
    assert_eq!(erase("two", "She asked twice").await.body, erased.body, "another request for the same");
    refused(&erase("one", "Another reason").await, 422, "idempotency_key_reused");
    parked(&staff, 0).await;
    still_answers(&world, &staff, person).await;
    world.stack.stop().await;
}

/// Every route that shows people.
async fn still_answers(world: &World, staff: &Session, person: &str) {
    let get = async |path: &str| {
        let answer = staff.get(path).await.unwrap();
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        answer.json()
    };
    let members = get(&world.path("/members")).await["members"].clone();
    assert_eq!(members.as_array().map(Vec::len), Some(1), "{members}");
    let audit = get(&world.path("/audit")).await["entries"].clone();
    let entry = |action: &str| audit.as_array().unwrap().iter().find(|entry| entry["action"] == action).unwrap();
    assert_eq!(entry("erasePerson")["person"], json!({ "personId": person }));
    assert_eq!(entry("erasePerson")["details"]["role"], "manager");
    assert_eq!(entry("inviteMember")["actor"], json!({ "kind": "person", "id": person }));
    let order = get("/v1/orders?number=19%2F00021").await;
    assert_eq!(order["customerContact"], json!({ "personId": person }));
    for path in ["", "/orders", "/endings"] {
        get(&world.path(path)).await;
    }
    for path in ["/v1/accounts", "/v1/mails", "/v1/me"] {
        get(path).await;
    }
    let csv = staff.request(Method::GET, &world.path("/audit")).header("accept", "text/csv");
    assert!(staff.send(csv).await.unwrap().body.contains("erasePerson"));
    // Her sign-in is one of somebody whom nobody knows.
    let me = world.customer.get("/v1/me").await.unwrap().json();
    assert!(me["memberships"] == json!([]) && me["person"]["personId"] != json!(person), "{me}");
    refused(&world.customer.get(&world.path("")).await.unwrap(), 404, "not_found");
    // And staff can make her a manager again, as somebody new.
    let back = json!({ "email": CUSTOMER, "reason": "She is back" });
    assert_eq!(staff.write(Method::POST, &world.path("/manager"), &back).await.unwrap().status, 201);
    assert_eq!(world.customer.get(&world.path("")).await.unwrap().status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_stays_when_its_recipient_is_erased_and_goes_to_another() {
    let world = World::with_fax().await;
    let staff = world.sign_in(STAFF).await;
    let link = post(&world.stack, order(&world.clock, "19/00022", &[("IM120-4L", "FAX2")])).await;
    let erased = erase(&staff, &id_of(&staff, RECIPIENT).await, "He left the distributor").await;
    assert_eq!(erased.json()["withoutManager"], json!([{ "party": "reseller", "of": "R-200" }]));
    assert!(!everything(&world).await.contains("federigi"));
    let browser = Browser::new(&world.stack).unwrap();
    assert!(open_in_english(&browser, &link).await.form("unlock").is_some(), "the link opens the order still");

    let shown = staff.get("/v1/orders?number=19%2F00022").await.unwrap().json();
    let path = format!("/v1/orders/{}/resend", shown["order"]["orderId"].as_str().unwrap());
    let corrected = json!({ "email": "successor@example.com" });
    assert_eq!(staff.write(Method::POST, &path, &json!({})).await.unwrap().status, 200, "to nobody");
    assert_eq!(open_in_english(&browser, &link).await.status, 410, "and the page names nobody");
    assert_eq!(staff.write(Method::POST, &path, &corrected).await.unwrap().status, 200);
    mail_to(&world.stack, "successor@example.com", "19/00022").await;
    // The same order from the ERP is the same order still, and a new one may name him again.
    let again = order(&world.clock, "19/00022", &[("IM120-4L", "FAX2")]).to_string();
    assert_eq!(world.stack.erp.post("/v1/orders", again).await.unwrap().status, 200);
    assert!(!everything(&world).await.contains("federigi"));
    post(&world.stack, order(&world.clock, "19/00024", &[("IM120-4L", "FAX4")])).await;
    world.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_in_more_accounts_than_one_transaction_holds_is_erased_and_a_fault_leaves_nothing_half_done() {
    let world = World::with_fax().await;
    let staff = world.sign_in(STAFF).await;
    for turn in 1..=30 {
        let mut other = order(&world.clock, &format!("20/{turn:05}"), &[("IM120-4L", &format!("OTHER{turn}"))]);
        other["customer"]["number"] = format!("C-X{turn}").into();
        unlock(&world.stack, other).await;
    }
    let person = id_of(&staff, CUSTOMER).await;
    let in_accounts = async || find(&staff, CUSTOMER).await.json()["memberships"].as_array().map(Vec::len);
    // Each time the table has trouble after one transaction more; what is done stays done.
    let mut left_in = vec![in_accounts().await];
    let erased = loop {
        let mut passes = 1;
        world.stack.troubles.choose(move |asked| {
            let counts = asked.operation == "TransactWriteItems";
            passes -= i32::from(counts);
            (counts && passes < 0).then_some(Trouble::Throttled)
        });
        let answer = erase(&staff, &person, "She asked for it").await;
        world.stack.troubles.clear();
        if answer.status == 200 {
            break answer.json();
        }
        refused(&answer, 503, "unavailable");
        left_in.push(in_accounts().await);
        if left_in.last() == left_in.first() {
            // A mail's transaction was the one that passed.
            continue;
        }
        let invited = json!({ "email": CUSTOMER, "reason": "Too early" });
        let answer = staff.write(Method::POST, "/v1/resellers/R-200/manager", &invited).await.unwrap();
        refused(&answer, 503, "unavailable");
    };
    left_in.dedup();
    assert_eq!(left_in, [Some(31), Some(7), Some(0)]);
    assert_eq!(erased["withoutManager"].as_array().map(Vec::len), Some(31), "{erased}");
    assert!(!everything(&world).await.contains(CUSTOMER));
    world.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_erases_themselves_or_whom_the_deployment_names() {
    let world = World::with_fax().await;
    let staff = world.sign_in(STAFF).await;
    let colleague = world.sign_in("colleague@example.com").await;
    assert_eq!(colleague.get("/v1/me").await.unwrap().status, 200);
    let own = id_of(&staff, "colleague@example.com").await;
    let (table, party) = (world.table(), Party::Vendor);
    let change = async |role: Role| {
        let roster = table.roster(&party).await.unwrap();
        let person = PersonId::parse(&own).unwrap();
        let change = match roster.state.member(person) {
            None => roster.state.invite(person, role, Why::Invited, world.clock.now()).unwrap(),
            Some(_) => roster.state.change_role(person, role).unwrap(),
        };
        let mut transaction = Transaction::new();
        let address = EmailAddress::parse("colleague@example.com").unwrap();
        transaction.put_roster_change(&party, roster, change, &address);
        transaction.commit(&table, "change staff").await.unwrap();
    };
    let customer = id_of(&staff, CUSTOMER).await;
    change(Role::Viewer).await;
    refused(&erase(&colleague, &customer, "No manager").await, 403, "manager_required");
    change(Role::Manager).await;
    refused(&erase(&colleague, &own, "Good bye").await, 409, "own_erasure");
    refused(&erase(&colleague, &id_of(&staff, STAFF).await, "Good bye").await, 409, "named_by_deployment");
    refused(&erase(&world.customer, &customer, "Myself").await, 403, "staff_required");
    refused(&erase(&colleague, &customer, " ").await, 422, "invalid_body");
    refused(&erase(&colleague, "01JD0000000000000000000000", "Nobody").await, 404, "not_found");
    refused(&find(&staff, "nobody").await, 422, "invalid_body");
    refused(&find(&staff, "nobody@example.com").await, 404, "not_found");
    assert_eq!(find(&staff, CUSTOMER).await.json()["person"]["personId"], json!(customer), "nothing has changed");
    let gone = erase(&staff, &own, "She left the company").await.json();
    assert_eq!(gone["withoutManager"], json!([]), "one of two managers");
    assert_eq!(colleague.get("/v1/me").await.unwrap().json()["staff"], json!(false));
    world.stack.stop().await;
}
