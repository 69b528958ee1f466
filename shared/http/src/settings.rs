//! What a deployment decides.

use brand::Brand;
use licensing::text::EmailAddress;

/// What the functions are told by the deployment. Each uses a part.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Name of the table.
    pub table_name: String,
    /// Where people and links reach this service, without a final slash. `None`: at the domain that the gateway says
    /// the request came to.
    pub base_url: Option<String>,
    /// Secret of the server tokens' ring.
    pub token_keys: String,
    /// Secret of the unlock links' ring.
    pub link_keys: String,
    /// Secret of the keys that sign leases.
    pub lease_keys: String,
    /// Secret of the ERP's keys.
    pub erp_keys: String,
    /// Secret of the keys that events to the vendor are signed with.
    pub event_keys: String,
    /// Where events to the vendor go; `None`: nowhere.
    pub events_url: Option<String>,
    /// Whether check-in refuses nobody for now, and answers that it is to be asked later.
    pub refusals_suspended: bool,
    /// The address that mails come from.
    pub mail_from: Option<EmailAddress>,
    /// The SES configuration set.
    pub mail_configuration_set: Option<String>,
    /// The first members of the vendor.
    pub vendor_staff: Vec<EmailAddress>,
    /// The OpenID provider.
    pub openid_issuer: String,
    /// This service's client id there.
    pub openid_client_id: String,
    /// Origins that the portal's pages call beside this service's and the issuer's.
    pub portal_connect: Vec<String>,
    /// How the vendor looks.
    pub brand: Brand,
}

/// A setting that is missing or wrong; ends the start of a function.
#[derive(Debug, thiserror::Error)]
#[error("environment variable {name}: {fault}")]
pub struct SettingsError {
    name: &'static str,
    fault: String,
}

impl Settings {
    /// Reads the environment, as `template.yaml` sets it for each function.
    ///
    /// # Errors
    ///
    /// When a value is not what it should be. A missing one that a function needs is found when it is used to connect.
    pub fn from_env() -> Result<Self, SettingsError> {
        Self::read(|name| std::env::var(name).ok().filter(|value| !value.is_empty()))
    }

    fn read(variable: impl Fn(&'static str) -> Option<String>) -> Result<Self, SettingsError> {
        let text = |name| variable(name).unwrap_or_default();
        let address = |name: &'static str, text: &str| {
            EmailAddress::parse(text).map_err(|fault| SettingsError { name, fault: fault.to_string() })
        };
        let brand = variable("BRAND").map(|json| serde_json::from_str(&json)).transpose();
        let (staff, origins) = (text("VENDOR_STAFF"), text("PORTAL_CONNECT"));
        Ok(Self {
            table_name: variable("TABLE_NAME")
                .ok_or(SettingsError { name: "TABLE_NAME", fault: "is missing".to_owned() })?,
            base_url: variable("BASE_URL").map(|url| url.trim_end_matches('/').to_owned()),
            token_keys: text("TOKEN_KEYS"),
            link_keys: text("LINK_KEYS"),
            lease_keys: text("LEASE_KEYS"),
            erp_keys: text("ERP_KEYS"),
            event_keys: text("EVENT_KEYS"),
            events_url: variable("EVENTS_URL"),
            refusals_suspended: switch("REFUSALS_SUSPENDED", variable("REFUSALS_SUSPENDED"))?,
            mail_from: variable("MAIL_FROM").map(|from| address("MAIL_FROM", &from)).transpose()?,
            mail_configuration_set: variable("MAIL_CONFIGURATION_SET"),
            vendor_staff: parts(&staff).map(|part| address("VENDOR_STAFF", part)).collect::<Result<_, _>>()?,
            openid_issuer: text("OPENID_ISSUER"),
            openid_client_id: text("OPENID_CLIENT_ID"),
            portal_connect: parts(&origins).map(origin).collect::<Result<_, _>>()?,
            brand: brand
                .map_err(|error| SettingsError { name: "BRAND", fault: error.to_string() })?
                .unwrap_or_default(),
        })
    }

    /// Where the service is, for a function that nobody calls: no request names the domain to it.
    ///
    /// # Errors
    ///
    /// When the deployment does not say it.
    pub fn own_base_url(&self) -> Result<String, SettingsError> {
        let fault =
            || SettingsError { name: "BASE_URL", fault: "is missing: where the links of mails lead".to_owned() };
        self.base_url.clone().ok_or_else(fault)
    }
}

/// A switch that is off where it is not set.
fn switch(name: &'static str, text: Option<String>) -> Result<bool, SettingsError> {
    let fault = |_| SettingsError { name, fault: "is neither true nor false".to_owned() };
    text.map_or(Ok(false), |text| text.parse().map_err(fault))
}

/// The parts of a list with commas.
fn parts(list: &str) -> impl Iterator<Item = &str> {
    list.split(',').map(str::trim).filter(|part| !part.is_empty())
}

/// An origin that may stand in a content security policy: nothing in it can end the directive or widen it.
fn origin(text: &str) -> Result<String, SettingsError> {
    let clean = |host: &str| host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.:".contains(&byte));
    let host = text.strip_prefix("https://").filter(|host| !host.is_empty() && clean(host));
    let fault = || format!("{text} is not an origin such as https://sign-in.example.com");
    host.map(|_| text.to_owned()).ok_or_else(|| SettingsError { name: "PORTAL_CONNECT", fault: fault() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_becomes_settings() {
        let settings = Settings::read(|name| match name {
            "TABLE_NAME" => Some("licensing".to_owned()),
            "BASE_URL" => Some("https://licenses.example.com/".to_owned()),
            "VENDOR_STAFF" => Some("One@example.com, two@example.com".to_owned()),
            _ => None,
        })
        .unwrap();
        assert_eq!(settings.base_url.as_deref(), Some("https://licenses.example.com"));
        assert_eq!(settings.vendor_staff.len(), 2);
        assert_eq!(settings.vendor_staff[0].as_str(), "one@example.com");
    }

    #[test]
    fn what_pages_may_call_is_a_list_of_origins() {
        let read = |list: &'static str| {
            let settings = Settings::read(move |name| match name {
                "TABLE_NAME" => Some("licensing".to_owned()),
                "PORTAL_CONNECT" => Some(list.to_owned()),
                _ => None,
            });
            settings.map(|settings| settings.portal_connect)
        };
        assert_eq!(read("https://a.example, https://b.example:8443").unwrap().len(), 2);
        for wrong in
            ["*", "a.example", "http://a.example", "https://", "https://a.example/x", "https://a.example; script-src *"]
        {
            assert!(read(wrong).unwrap_err().to_string().contains("PORTAL_CONNECT"), "{wrong}");
        }
    }

    #[test]
    fn a_function_that_nobody_calls_has_to_be_told_where_the_service_is() {
        let of = |base_url: Option<&'static str>| {
            let settings = Settings::read(move |name| match name {
                "TABLE_NAME" => Some("licensing".to_owned()),
                "BASE_URL" => base_url.map(str::to_owned),
                _ => None,
            });
            settings.unwrap().own_base_url()
        };
        assert_eq!(of(Some("https://x.example")).unwrap(), "https://x.example");
        assert!(of(None).unwrap_err().to_string().contains("BASE_URL"));
    }

    #[test]
    fn refusals_are_suspended_by_true_alone() {
        let read = |switch: Option<&'static str>| {
            let settings = Settings::read(move |name| match name {
                "TABLE_NAME" => Some("licensing".to_owned()),
                "REFUSALS_SUSPENDED" => switch.map(str::to_owned),
                _ => None,
            });
            settings.map(|settings| settings.refusals_suspended)
        };
        assert_eq!([None, Some("false"), Some("true")].map(|text| read(text).unwrap()), [false, false, true]);
        assert!(read(Some("yes")).unwrap_err().to_string().contains("REFUSALS_SUSPENDED"));
    }

    #[test]
    fn a_wrong_value_is_named() {
        let read = |staff: &'static str| {
            Settings::read(move |name| match name {
                "TABLE_NAME" => Some("licensing".to_owned()),
                "VENDOR_STAFF" => Some(staff.to_owned()),
                _ => None,
            })
        };
        assert!(read("nobody").unwrap_err().to_string().contains("VENDOR_STAFF"));
        assert!(Settings::read(|_| None).unwrap_err().to_string().contains("TABLE_NAME"));
    }
}
