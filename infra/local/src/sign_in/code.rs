//! Authorization codes: short-lived, used once, bound to the client's PKCE challenge.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::session::SignIn;

/// How long a code lives, in seconds.
const CODE_SECONDS: i64 = 60;

/// What a code stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Grant {
    pub(super) sign_in: SignIn,
    pub(super) redirect_uri: String,
    pub(super) nonce: Option<String>,
    pub(super) code_challenge: String,
    pub(super) issued: Timestamp,
}

/// Codes that were given and not used.
#[derive(Default)]
pub(super) struct Codes(Mutex<HashMap<String, Grant>>);

impl Codes {
    /// A code for this sign-in.
    pub(super) fn give(&self, grant: Grant) -> String {
        let code = BASE64.encode(rand::random::<[u8; 24]>());
        let mut codes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        codes.retain(|_, other| fresh(other, grant.issued));
        codes.insert(code.clone(), grant);
        code
    }

    /// The sign-in of a code, once, for whoever has the verifier and the same redirect address.
    pub(super) fn redeem(&self, code: &str, verifier: &str, redirect_uri: &str, now: Timestamp) -> Option<Grant> {
        let grant = self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(code)?;
        let proved = BASE64.encode(Sha256::digest(verifier)) == grant.code_challenge;
        (proved && grant.redirect_uri == redirect_uri && fresh(&grant, now)).then_some(grant)
    }
}

fn fresh(grant: &Grant, now: Timestamp) -> bool {
    (now.as_second() - grant.issued.as_second()).abs() <= CODE_SECONDS
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT: &str = "http://localhost/callback";

    fn grant() -> Grant {
        Grant {
            sign_in: SignIn { email: "a@example.com".into(), at: Timestamp::UNIX_EPOCH },
            redirect_uri: AT.into(),
            nonce: None,
            code_challenge: BASE64.encode(Sha256::digest("verifier")),
            issued: Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn a_code_is_used_once() {
        let codes = Codes::default();
        let code = codes.give(grant());
        assert_eq!(codes.redeem(&code, "verifier", AT, Timestamp::UNIX_EPOCH), Some(grant()));
        assert_eq!(codes.redeem(&code, "verifier", AT, Timestamp::UNIX_EPOCH), None);
    }

    #[test]
    fn a_code_needs_verifier_address_and_haste() {
        let codes = Codes::default();
        let late = Timestamp::from_second(CODE_SECONDS + 1).unwrap();
        for (verifier, at, now) in [
            ("other", AT, Timestamp::UNIX_EPOCH),
            ("verifier", "http://localhost/other", Timestamp::UNIX_EPOCH),
            ("verifier", AT, late),
        ] {
            let code = codes.give(grant());
            assert_eq!(codes.redeem(&code, verifier, at, now), None, "{verifier} {at} {now}");
        }
    }
}
