use http_api::Clock;
use local::{Stack, StackConfig};
use serde_json::json;

#[tokio::test]
async fn only_who_has_the_erp_key_moves_the_clock_and_only_by_so_much() {
    let clock = Clock::manual("2026-11-24T09:00:00Z".parse().unwrap());
    let stack = Stack::start(StackConfig::in_memory(clock.clone())).await.unwrap();
    let day = 24 * 60 * 60;
    for (key, seconds, status) in [
        ("", -day, 401),
        ("whsec_bm90IHRoZSBrZXk=", -day, 401),
        (stack.erp_key(), -61 * day, 409),
        (stack.erp_key(), i64::MIN, 409),
        (stack.erp_key(), -day, 200),
        (stack.erp_key(), -day, 200),
    ] {
        assert_eq!(set(&stack, key, seconds).await, status);
    }
    assert_eq!(clock.now().to_string(), "2026-11-23T09:00:00Z", "the second time it is there already");
    assert_eq!(set(&stack, stack.erp_key(), 0).await, 200);
    assert_eq!(clock.now().to_string(), "2026-11-24T09:00:00Z");
    stack.stop().await;
}

#[tokio::test]
async fn a_clock_that_cannot_be_moved_says_so() {
    let stack = Stack::start(StackConfig::in_memory(Clock::system())).await.unwrap();
    assert_eq!(set(&stack, stack.erp_key(), -1).await, 409);
    stack.stop().await;
}

async fn set(stack: &Stack, key: &str, seconds: i64) -> u16 {
    let request = reqwest::Client::new().post(format!("{}/local/clock", stack.base_url)).bearer_auth(key);
    request.json(&json!({ "seconds": seconds })).send().await.unwrap().status().as_u16()
}
