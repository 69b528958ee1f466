use std::time::Duration;

use http_api::Clock;
use local::{Stack, StackConfig};

const RECIPIENT: &str = "bernardo.federigi@example.com";
const PATIENCE: Duration = Duration::from_secs(20);

#[tokio::test]
async fn the_button_of_the_mailbox_sends_one_sample_order_after_the_other() {
    let stack = Stack::start(StackConfig::in_memory(Clock::system())).await.unwrap();
    for number in ["19/00021", "19/00022"] {
        let answer = press(&stack).await;
        assert_eq!(answer.status(), 200, "back on the mailbox");
        let mail = stack.mailbox.wait_for(PATIENCE, |mail| mail.subject().contains(number)).await;
        assert!(mail.unwrap().is_to(RECIPIENT));
    }
    stack.stop().await;
}

#[tokio::test]
async fn an_order_that_is_refused_is_told_on_the_mailbox() {
    let without = StackConfig { catalogue: false, ..StackConfig::in_memory(Clock::system()) };
    let stack = Stack::start(without).await.unwrap();
    let page = press(&stack).await.text().await.unwrap();
    assert!(page.contains("notice bad") && page.contains("/lines/0/sku"), "{page}");
    assert!(stack.mailbox.all().is_empty());
    stack.stop().await;
}

async fn press(stack: &Stack) -> reqwest::Response {
    let url = format!("{}/local/mailbox/sample-order", stack.base_url);
    reqwest::Client::new().post(url).send().await.unwrap()
}
