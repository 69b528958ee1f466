//! Who has signed in, what they see in their lists, and who asks to come in.

use std::collections::BTreeSet;
use std::time::Duration;

use futures::future::join_all;
use licensing::id::PersonId;
use licensing::member::{Party, Role, Why};
use licensing::text::EmailAddress;
use local::Session;
use reqwest::Method;
use serde_json::{Value, json};
use table::Transaction;

use crate::world::{RECIPIENT, World, order, post, refused, unlock};

const STAFF: &str = "vendor@example.com";

#[tokio::test(flavor = "multi_thread")]
async fn everybody_is_told_who_they_are_and_what_they_are_member_of() {
    let world = World::with_fax().await;
    let me = async |email: &str| world.sign_in(email).await.get("/v1/me").await.unwrap().json();
    let nobody = me("nobody@example.com").await;
    assert_eq!((&nobody["memberships"], &nobody["staff"]), (&json!([]), &json!(false)));
    assert_eq!(nobody["person"]["email"], "nobody@example.com");
    let customer = world.customer.get("/v1/me").await.unwrap().json();
    let of =
        json!([{ "party": "account", "of": world.account, "name": "Imagicle Final Customer 1", "role": "manager" }]);
    assert_eq!((&customer["memberships"], &customer["language"]), (&of, &json!("it")));
    let reseller = json!([{ "party": "reseller", "of": "R-200", "name": "Imagicle Spa", "role": "manager" }]);
    assert_eq!(me(RECIPIENT).await["memberships"], reseller);
    let staff = me(STAFF).await;
    assert_eq!(
        (&staff["memberships"], &staff["staff"]),
        (&json!([{ "party": "vendor", "role": "manager" }]), &json!(true))
    );
    world.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_of_accounts_is_searched_and_paged() {
    let world = World::with_fax().await;
    let others = (1..=52).map(|turn| {
        let world = &world;
        async move {
            let code = format!("OTHER{turn}");
            let mut other = order(&world.clock, &format!("20/{turn:05}"), &[("IM120-4L", &code)]);
            other["customer"]["number"] = format!("C-X{turn}").into();
            other["customer"]["name"] = format!("Other {turn}").into();
            unlock(&world.stack, other).await;
        }
    });
    join_all(others).await;
    let staff = world.sign_in(STAFF).await;
    for session in [&staff, &world.sign_in(RECIPIENT).await] {
        let first = list(session, "").await;
        let cursor = first["nextCursor"].as_str().unwrap();
        let second = list(session, &format!("?cursor={cursor}")).await;
        assert_eq!(second["nextCursor"], Value::Null);
        let ids: BTreeSet<_> = [numbers(&first), numbers(&second)].concat().into_iter().collect();
        assert_eq!((numbers(&first).len(), ids.len()), (50, 53), "nobody is left out or comes twice");
        assert_eq!(numbers(&list(session, "?query=OTHER%2052").await), ["C-X52"]);
        assert_eq!(numbers(&list(session, "?query=c-30").await), ["C-300"]);
        assert_eq!(numbers(&list(session, "?query=nothing").await), Vec::<String>::new());
        refused(&session.get("/v1/accounts?cursor=nonsense").await.unwrap(), 400, "invalid_parameter");
    }
    // The same contact became the manager of each; own accounts all stand on the first page.
    assert_eq!(numbers(&list(&world.customer, "").await).len(), 53);
    assert_eq!(numbers(&list(&world.sign_in("nobody@example.com").await, "").await), Vec::<String>::new());
    world.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_locked_order_is_seen_by_staff_and_its_reseller_only() {
    let world = World::with_fax().await;
    post(&world.stack, order(&world.clock, "19/00022", &[("IM120-4L", "FAX2")])).await;
    let seen = async |session: &Session| {
        let orders = session.get(&world.path("/orders")).await.unwrap().json();
        let orders = orders["orders"].as_array().unwrap().clone();
        orders.iter().map(|order| (text(&order["number"]), text(&order["status"]))).collect::<BTreeSet<_>>()
    };
    let unlocked = ("19/00021".to_owned(), "unlocked".to_owned());
    let both: BTreeSet<_> = [unlocked.clone(), ("19/00022".to_owned(), "locked".to_owned())].into();
    assert_eq!(seen(&world.customer).await, [unlocked].into());
    assert_eq!(seen(&world.sign_in(STAFF).await).await, both);
    assert_eq!(seen(&world.sign_in(RECIPIENT).await).await, both);
    refused(&world.customer.get(&world.path("/orders?cursor=?")).await.unwrap(), 400, "invalid_parameter");
    world.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn contacts_of_later_orders_ask_and_are_accepted_or_declined() {
    let world = World::with_fax().await;
    for (turn, email) in [(2, "second@example.com"), (3, "third@example.com")] {
        let mut later = order(&world.clock, &format!("19/0002{turn}"), &[("IM120-4L", &format!("FAX{turn}"))]);
        later["customer"]["contact"]["email"] = email.into();
        unlock(&world.stack, later).await;
    }
    let second = world.sign_in("second@example.com").await;
    refused(&second.get(&world.path("")).await.unwrap(), 404, "not_found");
    let requests = world.customer.get(&world.path("/members")).await.unwrap().json()["requests"].clone();
    assert_eq!(requests[0]["person"]["email"], "second@example.com");
    let path =
        |turn: usize| world.path(&format!("/requests/{}", requests[turn]["person"]["personId"].as_str().unwrap()));

    let staff = world.sign_in(STAFF).await;
    let accepted = staff.write(Method::POST, &path(0), &json!({})).await.unwrap();
    assert_eq!((accepted.status.as_u16(), &accepted.json()["role"]), (200, &json!("manager")), "{}", accepted.body);
    assert_eq!(second.get(&world.path("")).await.unwrap().status, 200);
    let told = |mail: &local::Mail| mail.is_to("second@example.com");
    assert!(world.stack.mailbox.wait_for(Duration::from_secs(20), told).await.is_some());
    assert_eq!(world.customer.write(Method::DELETE, &path(1), &json!({})).await.unwrap().status, 204);
    for method in [Method::POST, Method::DELETE] {
        for turn in 0..2 {
            let again = world.customer.write(method.clone(), &path(turn), &json!({})).await.unwrap();
            refused(&again, 404, "request_not_found");
        }
    }
    let third = world.sign_in("third@example.com").await;
    refused(&third.get(&world.path("")).await.unwrap(), 404, "not_found");
    world.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_has_at_most_a_hundred_members() {
    let world = World::with_fax().await;
    let invite = async |turn: u32| {
        let body = json!({ "email": format!("member{turn}@example.com"), "role": "viewer" });
        world.customer.write(Method::POST, &world.path("/members"), &body).await.unwrap()
    };
    for turn in 2..=100 {
        let invited = invite(turn).await;
        assert_eq!(invited.status, 201, "{}", invited.body);
    }
    refused(&invite(101).await, 409, "too_many_members");
    world.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_viewer_of_the_vendor_reads_and_changes_nothing() {
    let world = World::with_fax().await;
    let viewer = world.sign_in("trainee@example.com").await;
    let person = viewer.get("/v1/me").await.unwrap().json()["person"]["personId"].clone();
    let person = PersonId::parse(person.as_str().unwrap()).unwrap();
    // No route changes the vendor's own members yet.
    let (table, party) = (world.table(), Party::Vendor);
    let roster = table.roster(&party).await.unwrap();
    let change = roster.state.invite(person, Role::Viewer, Why::Invited, world.clock.now()).unwrap();
    let mut transaction = Transaction::new();
    transaction.put_roster_change(&party, roster, change, &EmailAddress::parse("trainee@example.com").unwrap());
    transaction.commit(&table, "invite a trainee").await.unwrap();

    let found = viewer.get("/v1/orders?number=19%2F00021").await.unwrap();
    assert_eq!(found.status, 200, "{}", found.body);
    let order = format!("/v1/orders/{}", found.json()["order"]["orderId"].as_str().unwrap());
    for command in ["/lock", "/resend"] {
        let answer = viewer.write(Method::POST, &format!("{order}{command}"), &json!({})).await.unwrap();
        refused(&answer, 403, "manager_required");
    }
    assert_eq!(viewer.get(&world.path("")).await.unwrap().json()["may"], json!(["read"]));
    world.stack.stop().await;
}

async fn list(session: &Session, query: &str) -> Value {
    let listed = session.get(&format!("/v1/accounts{query}")).await.unwrap();
    assert_eq!(listed.status, 200, "{}", listed.body);
    listed.json()
}

/// The customers' numbers of a list.
fn numbers(listed: &Value) -> Vec<String> {
    listed["accounts"].as_array().unwrap().iter().map(|account| text(&account["customer"]["number"])).collect()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
