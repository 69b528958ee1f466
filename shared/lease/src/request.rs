//! The check-in on the wire, shared by service and client.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::key::PublicKey;
use crate::segment::License;

/// What an AppSuite sends to `POST /v1/check-in`, with its token as bearer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CheckInRequest {
    /// A random id, stored before it is sent and repeated until its answer is stored; also the nonce of the answer.
    /// 16 to 36 letters, digits, hyphens or underscores.
    #[schema(example = "01K9ZQ4Y7N3M8B2V5C6X1T0R9S", min_length = 16, max_length = 36)]
    pub attempt: String,
    /// The id of the lease last received, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 64)]
    pub lease: Option<String>,
    /// Marks of this installation, each hashed by the client together with what it stands for; at most 8, each of 4 to
    /// 16 letters, digits, hyphens or underscores.
    #[schema(max_items = 8)]
    pub traits: Vec<String>,
    /// The installation's own Ed25519 public key: base64url of 32 bytes.
    #[schema(min_length = 43, max_length = 43)]
    pub public_key: String,
    /// The AppSuite's version, to show.
    #[schema(example = "2026.11.1", min_length = 1, max_length = 40)]
    pub app_suite_version: String,
    /// The client's clock.
    #[schema(value_type = String, format = DateTime)]
    pub clock: Timestamp,
    /// The serial of the key set that the client holds; 0 is none.
    pub key_set: u64,
    /// What is in use now, if the client tells; at most 120 entries.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 120)]
    pub in_use: Vec<InUse>,
}

/// How much of one pool an AppSuite uses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct InUse {
    /// The application, as the lease names it.
    #[schema(max_length = 200)]
    pub application: String,
    /// Whether it is the "red." capacity.
    pub redundancy: bool,
    /// How it is sold.
    #[schema(value_type = String, example = "perpetual")]
    pub license: License,
    /// How many units are in use.
    pub used: u32,
}

/// What the service answers with status 200.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CheckInResponse {
    /// A compact JWS of type `lease+jwt`, `unchanged+jwt` or `refusal+jwt`.
    pub document: String,
    /// A compact JWS of type `keyset+jwt`, where the client's is older.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_set: Option<String>,
}

/// What is wrong with one field of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldFault {
    /// JSON pointer of the field.
    pub pointer: String,
    /// Completes "The value …".
    pub message: &'static str,
}

impl CheckInRequest {
    /// The most traits of a request.
    pub const TRAITS_MAX: usize = 8;
    /// The most entries of capacity in use: two per pool of an account.
    pub const IN_USE_MAX: usize = 120;

    /// Every fault of the request's content; empty where there is none.
    pub fn validate(&self) -> Vec<FieldFault> {
        let mut faults = Vec::new();
        let mut check = |right: bool, pointer: &str, message| {
            if !right {
                faults.push(FieldFault { pointer: pointer.to_owned(), message });
            }
        };
        check(is_word(&self.attempt, 16, 36), "/attempt", "must have 16 to 36 letters, digits, hyphens or underscores");
        let lease = self.lease.as_ref().is_none_or(|lease| is_word(lease, 1, 64));
        check(lease, "/lease", "must have 1 to 64 letters, digits, hyphens or underscores");
        check(self.traits.len() <= Self::TRAITS_MAX, "/traits", "must have at most 8 entries");
        for (index, mark) in self.traits.iter().enumerate() {
            let pointer = format!("/traits/{index}");
            check(is_word(mark, 4, 16), &pointer, "must have 4 to 16 letters, digits, hyphens or underscores");
        }
        check(PublicKey::parse(&self.public_key).is_ok(), "/publicKey", "must be base64url of 32 bytes");
        check(is_shown(&self.app_suite_version, 40), "/appSuiteVersion", "must have 1 to 40 printable characters");
        check(self.in_use.len() <= Self::IN_USE_MAX, "/inUse", "must have at most 120 entries");
        for (index, in_use) in self.in_use.iter().enumerate() {
            let pointer = format!("/inUse/{index}/application");
            check(is_shown(&in_use.application, 200), &pointer, "must have 1 to 200 printable characters");
        }
        faults
    }
}

fn is_word(text: &str, len_min: usize, len_max: usize) -> bool {
    (len_min..=len_max).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

fn is_shown(text: &str, len_max: usize) -> bool {
    (1..=len_max).contains(&text.chars().count()) && !text.chars().any(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request() -> CheckInRequest {
        CheckInRequest {
            attempt: "a".repeat(26),
            lease: None,
            traits: vec!["t".repeat(16)],
            public_key: "A".repeat(43),
            app_suite_version: "2026.11.1".to_owned(),
            clock: Timestamp::constant(1_800_000_000, 0),
            key_set: 0,
            in_use: vec![],
        }
    }

    #[test]
    fn a_request_at_its_limits_has_no_fault() {
        let in_use =
            InUse { application: "é".repeat(200), redundancy: true, license: License::Perpetual, used: u32::MAX };
        let largest = CheckInRequest {
            lease: Some("l".repeat(64)),
            traits: vec!["t".repeat(16); 8],
            app_suite_version: "v".repeat(40),
            in_use: vec![in_use; 120],
            ..request()
        };
        assert_eq!(request().validate(), []);
        assert_eq!(largest.validate(), []);
    }

    #[test]
    fn every_fault_is_listed_with_its_pointer() {
        let in_use = InUse { application: "a\n".to_owned(), redundancy: false, license: License::Perpetual, used: 1 };
        let wrong = CheckInRequest {
            attempt: "short".to_owned(),
            lease: Some("l l".to_owned()),
            traits: std::iter::once(String::new()).chain(vec!["t".repeat(16); 8]).collect(),
            public_key: "AAAA".to_owned(),
            app_suite_version: String::new(),
            in_use: vec![in_use; 121],
            ..request()
        };
        let faults = wrong.validate();
        let pointers: Vec<_> = faults.iter().map(|fault| fault.pointer.as_str()).collect();
        assert_eq!(
            pointers[..7],
            ["/attempt", "/lease", "/traits", "/traits/0", "/publicKey", "/appSuiteVersion", "/inUse"]
        );
        assert_eq!(pointers[7], "/inUse/0/application");
        assert_eq!(pointers.len(), 7 + 121);
    }

    #[test]
    fn the_wire_is_camel_case_and_leaves_out_what_is_absent() {
        let json = serde_json::to_value(request()).unwrap();
        let mut keys: Vec<_> = json.as_object().unwrap().keys().map(String::as_str).collect();
        keys.sort_unstable();
        assert_eq!(keys, ["appSuiteVersion", "attempt", "clock", "keySet", "publicKey", "traits"]);
    }
}
