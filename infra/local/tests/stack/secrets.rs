use crate::stack;

#[tokio::test]
async fn the_sdk_reads_every_secret_that_the_functions_are_told_of() {
    let stack = stack().await;
    let client = aws_sdk_secretsmanager::Client::new(&stack.sdk);
    let settings = &stack.settings;
    for id in [&settings.token_keys, &settings.link_keys, &settings.erp_keys, &settings.lease_keys] {
        let secret = client.get_secret_value().secret_id(id).send().await.unwrap();
        assert_eq!(secret.name(), Some(id.as_str()));
        let arn = secret.arn().unwrap();
        let by_arn = client.get_secret_value().secret_id(arn).send().await.unwrap();
        assert_eq!(by_arn.secret_string(), secret.secret_string());
    }
    let lease = client.get_secret_value().secret_id(&settings.lease_keys).send().await.unwrap();
    assert!(lease::LeaseSecret::parse(lease.secret_string().unwrap()).is_ok());
    stack.stop().await;
}

#[tokio::test]
async fn a_secret_that_is_not_there_is_told_as_secrets_manager_tells_it() {
    let stack = stack().await;
    let client = aws_sdk_secretsmanager::Client::new(&stack.sdk);
    let error = client.get_secret_value().secret_id("local/root").send().await.unwrap_err().into_service_error();
    assert!(error.is_resource_not_found_exception());
    stack.stop().await;
}
