//! The configuration that the unchanged AWS SDKs take: where each service is on this machine.

use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_dynamodb::config::{Credentials, SharedCredentialsProvider};
use aws_types::service_config::{LoadServiceConfig, ServiceConfigKey};

use crate::trouble::Troubles;

/// The first pause of the SDKs before they try again; a service on this machine needs no second to recover.
const BACKOFF: Duration = Duration::from_millis(10);

/// Where the services are.
#[derive(Debug, Clone)]
pub(crate) struct Services {
    /// DynamoDB's address.
    pub(crate) dynamodb: String,
    /// Secrets Manager's address.
    pub(crate) secrets: String,
    /// SES's address.
    pub(crate) ses: String,
}

/// A configuration that reads neither environment nor profile, so that nothing here ever reaches a real account.
pub(crate) fn config(services: Services, troubles: &Troubles) -> SdkConfig {
    let credentials = Credentials::new("local", "local", None, None, "local stack");
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static("us-east-1"))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .service_config(services)
        .http_client(troubles.client())
        .retry_config(RetryConfig::standard().with_initial_backoff(BACKOFF))
        .build()
}

/// The SDKs ask for what `AWS_ENDPOINT_URL_<SERVICE>` would hold.
impl LoadServiceConfig for Services {
    fn load_config(&self, key: ServiceConfigKey<'_>) -> Option<String> {
        if key.env() != "AWS_ENDPOINT_URL" {
            return None;
        }
        match key.service_id() {
            "DynamoDB" => Some(self.dynamodb.clone()),
            "Secrets Manager" => Some(self.secrets.clone()),
            "SES" => Some(self.ses.clone()),
            _ => None,
        }
    }
}
