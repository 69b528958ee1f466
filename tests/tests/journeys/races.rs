//! Many clients at once: nothing is assigned, unlocked or made twice.

use std::collections::BTreeMap;

use futures::future::join_all;
use local::{Browser, Press};
use reqwest::Method;
use serde_json::json;

use crate::world::{World, order, post};

#[tokio::test(flavor = "multi_thread")]
async fn sixteen_people_save_at_once_and_nothing_is_assigned_twice() {
    let world = World::with_fax().await;
    let mut servers = Vec::new();
    for _ in 0..4 {
        servers.push(world.add_server().await);
    }
    let before = world.view().await.json()["version"].as_u64().unwrap();
    let saves = (0..16).map(|turn| {
        let (world, server) = (&world, &servers[turn % 4]);
        async move { world.save(&[(server, "IP Fax server", 2)]).await.status.as_u16() }
    });
    let outcomes = join_all(saves).await;
    assert!(outcomes.iter().all(|status| [200, 409, 412].contains(status)), "{outcomes:?}");
    let view = world.view().await.json();
    let used = view["rows"][0]["used"].as_u64().unwrap();
    assert!((2..=4).contains(&used), "{used}");
    assert_eq!(view["version"].as_u64().unwrap() - before, used / 2, "a version for each save that changed something");
    world.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_arrives_eight_times_at_once_is_stored_and_unlocked_once() {
    let world = World::with_fax().await;
    let another = order(&world.clock, "19/00022", &[("IM120-4L", "FAX2")]);
    let posts = (0..8).map(|_| world.stack.erp.post("/v1/orders", another.to_string()));
    let answers: Vec<_> = join_all(posts).await.into_iter().map(Result::unwrap).collect();
    let ids: std::collections::BTreeSet<_> = answers
        .iter()
        .map(|answer| serde_json::from_str::<serde_json::Value>(&answer.body).unwrap()["orderId"].to_string())
        .collect();
    let said: Vec<_> = answers.iter().map(|answer| (answer.status, &answer.body)).collect();
    assert_eq!(ids.len(), 1, "{said:#?}");
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1);

    let link = post(&world.stack, another).await;
    let browser = Browser::new(&world.stack).unwrap();
    let page = browser.open(&link).await.unwrap();
    let presses = (0..8).map(|_| browser.press(&page, &link, "unlock", &[], Press::Told));
    assert!(join_all(presses).await.into_iter().all(|pressed| pressed.unwrap().status == 303));
    assert_eq!(world.view().await.json()["rows"][0]["total"], 8);
    world.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn eight_invitations_of_one_address_make_one_member() {
    let world = World::with_fax().await;
    let body = json!({ "email": "new@example.com", "role": "viewer" });
    let invitations = (0..8).map(|_| async {
        world.customer.write(Method::POST, &world.path("/members"), &body).await.unwrap().status.as_u16()
    });
    let outcomes = join_all(invitations).await;
    assert_eq!(outcomes.iter().filter(|status| **status == 201).count(), 1, "{outcomes:?}");
    assert!(outcomes.iter().all(|status| [201, 409].contains(status)), "{outcomes:?}");
    world.stack.stop().await;
}

/// Clients of each kind that the widest race lets loose.
const EACH: usize = 8;

#[tokio::test(flavor = "multi_thread")]
async fn forty_eight_clients_do_everything_at_once_and_every_outcome_is_in_the_trail_once() {
    let world = World::with_fax().await;
    let (server, _) = world.server_with_token(1).await;
    let mut links = Vec::new();
    for number in 0..EACH {
        links.push(
            post(&world.stack, order(&world.clock, &format!("20/{number}"), &[("IM120-4L", &format!("R{number}"))]))
                .await,
        );
    }
    let before = audit(&world).await;
    let done = join_all((0..6 * EACH).map(|number| Box::pin(act(&world, &server, &links, number)))).await;
    let after = audit(&world).await;
    for (action, ok) in done.iter().fold(BTreeMap::<_, usize>::new(), |mut sums, (action, ok)| {
        *sums.entry(*action).or_default() += usize::from(*ok);
        sums
    }) {
        let entries = after.get(action).unwrap_or(&0) - before.get(action).unwrap_or(&0);
        assert_eq!(entries, ok, "{action}");
    }
    let view = world.view().await.json();
    let row = &view["rows"][0];
    assert_eq!(row["total"], 4 + 4 * EACH, "each order counts once");
    assert!(row["used"].as_u64() <= row["total"].as_u64(), "{row}");
    assert_eq!(view["servers"].as_array().unwrap().len(), 1 + EACH);
    let token = world.customer.get(&format!("/v1/servers/{server}/token")).await.unwrap().json();
    assert_eq!(token["version"], 1 + EACH);
    world.stack.stop().await;
}

/// One of six things, and whether it was done.
async fn act(world: &World, server: &str, links: &[String], number: usize) -> (&'static str, bool) {
    let (customer, turn) = (&world.customer, number / 6);
    let write = async |method: Method, path: &str, body: serde_json::Value| {
        customer.write(method, path, &body).await.unwrap().status.is_success()
    };
    match number % 6 {
        0 => (
            "saveAssignments",
            world.save(&[(server, "IP Fax server", 2 + u32::try_from(turn).unwrap())]).await.status == 200,
        ),
        1 => ("addServer", write(Method::POST, &world.path("/servers"), json!({})).await),
        2 => ("inviteMember", {
            let body = json!({ "email": format!("friend{}@example.com", turn % 4), "role": "viewer" });
            write(Method::POST, &world.path("/members"), body).await
        }),
        3 => ("regenerateToken", write(Method::POST, &format!("/v1/servers/{server}/token"), json!({})).await),
        4 => ("changeServer", {
            let body = json!({ "name": format!("Name {turn}") });
            write(Method::PATCH, &world.path(&format!("/servers/{server}")), body).await
        }),
        _ => ("unlockOrder", {
            let browser = Browser::new(&world.stack).unwrap();
            let page = browser.open(&links[turn]).await.unwrap();
            let pressed = browser.press(&page, &links[turn], "unlock", &[], Press::Told).await.unwrap();
            pressed.status == 303
        }),
    }
}

/// How often what was done to the account.
async fn audit(world: &World) -> BTreeMap<String, usize> {
    let (mut found, mut cursor) = (BTreeMap::new(), String::new());
    loop {
        let page = world.customer.get(&world.path(&format!("/audit?cursor={cursor}"))).await.unwrap().json();
        for entry in page["entries"].as_array().unwrap() {
            *found.entry(entry["action"].as_str().unwrap().to_owned()).or_default() += 1;
        }
        let Some(next) = page["nextCursor"].as_str() else { return found };
        next.clone_into(&mut cursor);
    }
}
