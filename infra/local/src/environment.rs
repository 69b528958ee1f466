//! What a function's own process is told, so that it works on a stack as a deployed one does on AWS.

use crate::Stack;

/// Credentials that the services of this machine take, and nobody else.
const CREDENTIALS: &str = "local";

impl Stack {
    /// The environment variables of a function in a process of its own, as `template.yaml` and Lambda set them.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        let settings = &self.settings;
        let mut environment = vec![
            ("AWS_REGION", "us-east-1".to_owned()),
            ("AWS_ACCESS_KEY_ID", CREDENTIALS.to_owned()),
            ("AWS_SECRET_ACCESS_KEY", CREDENTIALS.to_owned()),
            ("TABLE_NAME", settings.table_name.clone()),
            ("TOKEN_KEYS", settings.token_keys.clone()),
            ("LINK_KEYS", settings.link_keys.clone()),
            ("LEASE_KEYS", settings.lease_keys.clone()),
            ("ERP_KEYS", settings.erp_keys.clone()),
            ("OPENID_ISSUER", settings.openid_issuer.clone()),
            ("OPENID_CLIENT_ID", settings.openid_client_id.clone()),
            ("AWS_ENDPOINT_URL_DYNAMODB", self.services.dynamodb.clone()),
            ("AWS_ENDPOINT_URL_SECRETS_MANAGER", self.services.secrets.clone()),
            ("AWS_ENDPOINT_URL_SES", self.services.ses.clone()),
        ];
        environment.extend(settings.base_url.clone().map(|url| ("BASE_URL", url)));
        environment
    }
}
