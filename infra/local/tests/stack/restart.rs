use http_api::Clock;
use local::{Data, Stack, StackConfig, StartError};

use crate::stack;

fn config(folder: &tempfile::TempDir) -> StackConfig {
    let data = Data::Folder(folder.path().join("local"));
    StackConfig { data, catalogue: false, ..StackConfig::in_memory(Clock::system()) }
}

#[tokio::test]
async fn a_restart_keeps_keys_mails_and_data() {
    let folder = tempfile::tempdir().unwrap();
    let first = Stack::start(config(&folder)).await.unwrap();
    let (roots, key, subject) = (first.roots, first.erp_key().to_owned(), subject(&first));
    put(&first).await;
    let ses = aws_sdk_ses::Client::new(&first.sdk);
    let data = aws_sdk_ses::primitives::Blob::new("Subject: Kept\r\n\r\nx");
    let message = aws_sdk_ses::types::RawMessage::builder().data(data).build().unwrap();
    ses.send_raw_email().destinations("a@example.com").raw_message(message).send().await.unwrap();
    first.stop().await;

    let second = Stack::start(config(&folder)).await.unwrap();
    assert_eq!(second.roots, roots);
    assert_eq!(second.erp_key(), key);
    assert_eq!(self::subject(&second), subject, "the same person has the same subject");
    assert_eq!(second.mailbox.to("a@example.com")[0].subject(), "Kept");
    assert!(is_there(&second).await);
    second.stop().await;
}

#[tokio::test]
async fn a_folder_serves_one_stack_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let first = Stack::start(config(&folder)).await.unwrap();
    let refusal = Stack::start(config(&folder)).await.err().unwrap();
    assert!(matches!(refusal, StartError::FolderInUse(_)), "{refusal}");
    first.stop().await;
    Stack::start(config(&folder)).await.unwrap().stop().await;
}

#[tokio::test]
async fn a_taken_port_is_told() {
    let first = stack().await;
    let port = first.base_url.rsplit(':').next().unwrap().parse().unwrap();
    let config = StackConfig { port, catalogue: false, ..StackConfig::in_memory(Clock::system()) };
    let refusal = Stack::start(config).await.err().unwrap();
    assert!(matches!(refusal, StartError::PortTaken(taken) if taken == port), "{refusal}");
    first.stop().await;
}

fn subject(stack: &Stack) -> String {
    stack.provider.id_claims("a@example.com", None)["sub"].as_str().unwrap().to_owned()
}

async fn put(stack: &Stack) {
    use aws_sdk_dynamodb::types::AttributeValue::S;
    let client = aws_sdk_dynamodb::Client::new(&stack.sdk);
    let item = [("pk", "TEST"), ("sk", "TEST")].map(|(name, value)| (name.to_owned(), S(value.to_owned())));
    client.put_item().table_name(&stack.settings.table_name).set_item(Some(item.into())).send().await.unwrap();
}

async fn is_there(stack: &Stack) -> bool {
    use aws_sdk_dynamodb::types::AttributeValue::S;
    let client = aws_sdk_dynamodb::Client::new(&stack.sdk);
    let key = [("pk", "TEST"), ("sk", "TEST")].map(|(name, value)| (name.to_owned(), S(value.to_owned())));
    let found = client.get_item().table_name(&stack.settings.table_name).set_key(Some(key.into())).send().await;
    found.unwrap().item.is_some()
}
