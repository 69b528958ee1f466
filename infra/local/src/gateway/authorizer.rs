//! The JWT authorizer of API Gateway.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde_json::{Map, Value};

use crate::sign_in::Provider;

/// The token's claims, each as a string: so API Gateway hands them on.
pub(super) type Claims = BTreeMap<String, String>;

/// Checks bearer tokens: who signed them, for whom, until when.
pub(crate) struct Authorizer {
    issuer: String,
    audience: String,
    keys: BTreeMap<String, DecodingKey>,
}

/// Why a token was refused. The answer's body never says it, its `WWW-Authenticate` header does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unauthorized {
    /// There is no token.
    #[error("the token is missing")]
    Missing,
    /// It is no token at all.
    #[error("the token is malformed")]
    Malformed,
    /// It is signed in another way than the issuer signs.
    #[error("the token's algorithm is not allowed")]
    Algorithm,
    /// The issuer has no such key.
    #[error("the token's key is unknown")]
    Key,
    /// Somebody changed it, or signed it with another key.
    #[error("the token's signature is invalid")]
    Signature,
    /// It comes from another issuer.
    #[error("the token's issuer is invalid")]
    Issuer,
    /// It is for another client.
    #[error("the token's audience is invalid")]
    Audience,
    /// Its time is over.
    #[error("the token has expired")]
    Expired,
    /// Its time has not begun.
    #[error("the token is not valid yet")]
    NotYet,
}

impl Authorizer {
    /// An authorizer for this provider's tokens, as the template configures it with issuer and audience.
    pub(crate) fn of(provider: &Provider) -> Self {
        let (issuer, audience) = (provider.issuer().to_owned(), provider.client_id().to_owned());
        Self { issuer, audience, keys: provider.verifying_keys() }
    }

    /// The claims of an authentic token in an `Authorization` header, with or without `Bearer`.
    pub(super) fn check(&self, header: Option<&str>, now: Timestamp) -> Result<Claims, Unauthorized> {
        let header = header.ok_or(Unauthorized::Missing)?.trim();
        let token = header.strip_prefix("Bearer ").or_else(|| header.strip_prefix("bearer ")).unwrap_or(header);
        let claims = self.authentic(token.trim())?;
        self.check_claims(&claims, now)?;
        Ok(claims.into_iter().map(|(name, value)| (name, as_string(&value))).collect())
    }

    fn authentic(&self, token: &str) -> Result<Map<String, Value>, Unauthorized> {
        let header = decode_header(token).map_err(|_| Unauthorized::Malformed)?;
        if header.alg != Algorithm::RS256 {
            return Err(Unauthorized::Algorithm);
        }
        let key = header.kid.and_then(|kid| self.keys.get(&kid)).ok_or(Unauthorized::Key)?;
        // Only the signature is left to the library: it would read the system's clock.
        let mut validation = Validation::new(Algorithm::RS256);
        validation.required_spec_claims.clear();
        validation.validate_exp = false;
        validation.validate_aud = false;
        decode(token, key, &validation).map(|data| data.claims).map_err(|_| Unauthorized::Signature)
    }

    fn check_claims(&self, claims: &Map<String, Value>, now: Timestamp) -> Result<(), Unauthorized> {
        let text = |name: &str| claims.get(name).and_then(Value::as_str);
        let instant = |name: &str| claims.get(name).and_then(Value::as_i64);
        if text("iss") != Some(&self.issuer) {
            return Err(Unauthorized::Issuer);
        }
        if !self.is_for_us(claims) {
            return Err(Unauthorized::Audience);
        }
        if instant("exp").is_none_or(|exp| exp <= now.as_second()) {
            return Err(Unauthorized::Expired);
        }
        if ["nbf", "iat"].iter().filter_map(|name| instant(name)).any(|from| from > now.as_second()) {
            return Err(Unauthorized::NotYet);
        }
        Ok(())
    }

    /// API Gateway takes `aud`, and `client_id` only where there is no `aud`.
    fn is_for_us(&self, claims: &Map<String, Value>) -> bool {
        match claims.get("aud").or_else(|| claims.get("client_id")) {
            Some(Value::String(one)) => *one == self.audience,
            Some(Value::Array(many)) => many.iter().any(|one| one.as_str() == Some(&self.audience)),
            _ => false,
        }
    }
}

fn as_string(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(values) => format!("[{}]", values.iter().map(as_string).collect::<Vec<_>>().join(" ")),
        other => other.to_string(),
    }
}
