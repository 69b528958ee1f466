//! Many clients at once: nothing is assigned, unlocked or made twice.

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
