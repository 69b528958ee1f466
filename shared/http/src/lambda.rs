//! What every function does before its first request: it reads what Lambda sets, and opens its connections.

use aws_config::environment::EnvironmentVariableCredentialsProvider;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_types::sdk_config::SharedCredentialsProvider;
use aws_types::service_config::{LoadServiceConfig, ServiceConfigKey};
use table::Table;

use crate::Settings;
use crate::telemetry::causes;

/// The configuration for every client of a function.
///
/// Region and credentials are those of the execution environment, whose credentials outlive it. `AWS_ENDPOINT_URL` and
/// `AWS_ENDPOINT_URL_<SERVICE>` lead elsewhere, as an emulator of AWS sets them. Profiles, container and instance
/// credentials, which the SDK's own chain would look for, don't exist on Lambda; leaving them out saves code and time at
/// every start. One HTTP client for all: another would read the certificate authorities again.
pub fn sdk_config() -> SdkConfig {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let http_client = Builder::new().tls_provider(Provider::Rustls(CryptoMode::AwsLc)).build_https();
    let mut config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(variable("AWS_REGION").map(Region::new))
        .credentials_provider(SharedCredentialsProvider::new(EnvironmentVariableCredentialsProvider::new()))
        .service_config(Endpoints(variable))
        .http_client(http_client);
    config.set_endpoint_url(variable("AWS_ENDPOINT_URL"));
    config.build()
}

/// The table with its connection open, so that the first request of an instance does not pay for that. A table that
/// can't be reached is no reason not to start: each request will say so, and go on when it can be.
pub async fn warm_table(settings: &Settings, sdk: &SdkConfig) -> Table {
    let table = Table::new(aws_sdk_dynamodb::Client::new(sdk), settings.table_name.as_str());
    if let Err(error) = table.warm().await {
        tracing::warn!(cause = causes(&error), "the first request opens the connection");
    }
    table
}

/// Where single services are, from a source of variables.
struct Endpoints<V>(V);

impl<V> std::fmt::Debug for Endpoints<V> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Endpoints")
    }
}

impl<V: Fn(&str) -> Option<String> + Send + Sync> LoadServiceConfig for Endpoints<V> {
    fn load_config(&self, key: ServiceConfigKey<'_>) -> Option<String> {
        let service = key.service_id().to_uppercase().replace(' ', "_");
        (self.0)(&format!("{}_{service}", key.env()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_may_be_elsewhere() {
        let set = |name: &str| (name == "AWS_ENDPOINT_URL_SECRETS_MANAGER").then(|| "http://127.0.0.1:1".to_owned());
        let found = |service| {
            let key = ServiceConfigKey::builder().service_id(service).env("AWS_ENDPOINT_URL").profile("endpoint_url");
            Endpoints(set).load_config(key.build().unwrap())
        };
        assert_eq!(found("Secrets Manager").as_deref(), Some("http://127.0.0.1:1"));
        assert_eq!(found("DynamoDB"), None);
    }
}
