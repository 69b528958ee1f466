//! What a client sees when the table has trouble: a 503 that says to try again, and an outcome that counts once.

use local::{Browser, Trouble};
use reqwest::Method;
use serde_json::json;

use crate::world::{World, refused};

#[tokio::test(flavor = "multi_thread")]
async fn a_busy_table_is_a_503_that_changes_nothing_and_says_when_to_try_again() {
    let world = World::with_fax().await;
    world.stack.troubles.choose(|asked| asked.writes().then_some(Trouble::Throttled));
    let body = json!({ "name": "Roma" });
    let request = world.customer.request(Method::POST, &world.path("/servers")).json(&body);
    let answer = world.customer.send(request).await.unwrap();
    refused(&answer, 503, "unavailable");
    world.stack.troubles.clear();
    assert_eq!(world.view().await.json()["servers"], json!([]));
    world.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_whose_answer_was_lost_counts_once_however_often_it_is_repeated() {
    let world = World::with_fax().await;
    let path = world.path("/servers");
    let add = async || {
        let request = world.customer.request(Method::POST, &path).json(&json!({ "name": "Roma" }));
        let mut request = request.build().unwrap();
        request.headers_mut().insert("idempotency-key", "one".parse().unwrap());
        let response = reqwest::Client::new().execute(request).await.unwrap();
        (response.status().as_u16(), response.json::<serde_json::Value>().await.unwrap())
    };
    world.stack.troubles.choose(|asked| asked.writes().then_some(Trouble::LostAnswer));
    let (status, lost) = add().await;
    assert_eq!((status, &lost["code"]), (503, &json!("unavailable")), "{lost}");
    world.stack.troubles.clear();
    let (status, added) = add().await;
    assert_eq!((status, add().await), (201, (201, added.clone())), "{added}");
    let servers = world.view().await.json()["servers"].clone();
    assert_eq!(servers.as_array().map(Vec::len), Some(1), "{servers}");
    assert_eq!(servers[0]["serverId"], added["serverId"]);
    world.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collision_is_nothing_that_anybody_sees() {
    let world = World::with_fax().await;
    world.stack.troubles.next("TransactWriteItems", Trouble::Conflict);
    let added = world.customer.write(Method::POST, &world.path("/servers"), &json!({})).await.unwrap();
    assert_eq!(added.status, 201, "{}", added.body);
    assert_eq!(world.stack.troubles.had()[&Trouble::Conflict], 1);
    world.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_item_that_cannot_be_read_is_a_500_that_says_nothing_of_it() {
    let world = World::with_fax().await;
    world.break_account().await;
    let answer = world.customer.get(&world.path("")).await.unwrap();
    refused(&answer, 500, "internal");
    assert!(!answer.body.contains("missing field"), "{}", answer.body);
    let page = Browser::new(&world.stack).unwrap().open("/v1/me").await.unwrap();
    assert_eq!(page.status, 401, "everybody else is served");
    world.stack.stop().await;
}
