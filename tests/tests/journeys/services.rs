//! What care includes, from the order to the AppSuite and the portal.

use serde_json::json;

use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn what_care_includes_is_shown_by_the_portal_and_by_the_app_suite() {
    let world = World::with_fax().await;
    let (_, token) = world.server_with_token(3).await;
    let suite = world.app_suite("one");
    suite.client.activate(&token).await.unwrap();
    let of_gold = ["support", "enhanced-support", "cloud-services"];
    assert_eq!(suite.client.status().rows[0].services, of_gold);
    let view = world.view().await.json();
    let shown = json!(["support", "enhancedSupport", "cloudServices"]);
    assert_eq!((&view["rows"][0]["care"], &view["rows"][0]["services"]), (&json!("gold"), &shown));
    assert_eq!(view["servers"][0]["items"][0]["services"], shown);
    world.stack.stop().await;
}
