//! What the provider remembers between two visits: the browser's session, and refresh tokens.
//!
//! Both are signed and kept by others, so they outlive a restart of the stack. Their audience keeps them from being taken
//! for a bearer of the API.

use axum::http::{HeaderMap, HeaderValue, header};
use jiff::Timestamp;
use jsonwebtoken::{Algorithm, Validation, decode, decode_header};
use serde_json::{Value, json};

use super::{PATH, Provider};

/// How long a browser stays signed in, in seconds.
const SESSION_SECONDS: i64 = 12 * 3600;
/// How long a refresh token can be used, in seconds.
const REFRESH_SECONDS: i64 = 30 * 24 * 3600;

/// Who has signed in, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SignIn {
    pub(super) email: String,
    pub(super) at: Timestamp,
}

/// What a kept sign-in is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Purpose {
    Session,
    Refresh,
}

impl Provider {
    /// A sign-in that happens now.
    pub(super) fn sign_in(&self, email: String) -> SignIn {
        SignIn { email, at: self.0.clock.now() }
    }

    /// The cookie that keeps a browser signed in until it is closed.
    pub(super) fn session_cookie(&self, sign_in: &SignIn) -> HeaderValue {
        self.cookie(&self.keep(Purpose::Session, sign_in), "")
    }

    /// The cookie that ends the session.
    pub(super) fn no_session_cookie(&self) -> HeaderValue {
        self.cookie("", "; Max-Age=0")
    }

    /// Who is signed in in this browser.
    pub(super) fn session(&self, headers: &HeaderMap) -> Option<SignIn> {
        let name = self.cookie_name();
        let lines = headers.get_all(header::COOKIE).into_iter().filter_map(|line| line.to_str().ok());
        let mut cookies = lines.flat_map(|line| line.split(';')).filter_map(|cookie| cookie.trim().split_once('='));
        cookies.find_map(|(found, value)| self.kept(Purpose::Session, value).filter(|_| found == name))
    }

    /// A token that gets fresh ones for this sign-in.
    pub(super) fn refresh_token(&self, sign_in: &SignIn) -> String {
        self.keep(Purpose::Refresh, sign_in)
    }

    /// The sign-in of a refresh token.
    pub(super) fn refreshed(&self, token: &str) -> Option<SignIn> {
        self.kept(Purpose::Refresh, token)
    }

    fn cookie(&self, value: &str, end: &str) -> HeaderValue {
        let text = format!("{}={value}; Path={PATH}; HttpOnly; SameSite=Lax{end}", self.cookie_name());
        HeaderValue::from_str(&text).expect("a name, a signed token and words are a header")
    }

    /// Cookies know no ports: two stacks on one machine would take each other's.
    fn cookie_name(&self) -> String {
        let origin = self.issuer().trim_end_matches(PATH);
        format!("sign-in-{}", origin.rsplit(':').next().unwrap_or_default())
    }

    fn keep(&self, purpose: Purpose, sign_in: &SignIn) -> String {
        self.sign(&json!({
            "iss": self.issuer(),
            "aud": purpose.audience(),
            "email": sign_in.email,
            "auth_time": sign_in.at.as_second(),
            "exp": self.0.clock.now().as_second() + purpose.seconds(),
        }))
    }

    fn kept(&self, purpose: Purpose, token: &str) -> Option<SignIn> {
        let kid = decode_header(token).ok()?.kid?;
        let keys = self.verifying_keys();
        // Only the signature is left to the library: it would read the system's clock.
        let mut validation = Validation::new(Algorithm::RS256);
        validation.required_spec_claims.clear();
        validation.validate_exp = false;
        validation.validate_aud = false;
        let claims = decode::<Value>(token, keys.get(&kid)?, &validation).ok()?.claims;
        let ours = claims["iss"] == self.issuer() && claims["aud"] == purpose.audience();
        let fresh = claims["exp"].as_i64()? > self.0.clock.now().as_second();
        let email = claims["email"].as_str()?.to_owned();
        let at = Timestamp::from_second(claims["auth_time"].as_i64()?).ok()?;
        (ours && fresh).then_some(SignIn { email, at })
    }
}

impl Purpose {
    fn audience(self) -> &'static str {
        match self {
            Self::Session => "browser session",
            Self::Refresh => "refresh",
        }
    }

    fn seconds(self) -> i64 {
        match self {
            Self::Session => SESSION_SECONDS,
            Self::Refresh => REFRESH_SECONDS,
        }
    }
}

#[cfg(test)]
mod tests {
    use http_api::Clock;
    use jiff::SignedDuration;

    use super::*;
    use crate::Data;
    use crate::store::Store;

    fn provider(base_url: &str) -> (Provider, Clock) {
        let clock = Clock::manual("2026-11-24T09:00:00Z".parse().unwrap());
        let store = Store::open(&Data::Memory).unwrap();
        (Provider::open(&store, base_url, clock.clone()).unwrap(), clock)
    }

    /// The `Cookie` header of a browser that got this `Set-Cookie`.
    fn browser(cookie: &HeaderValue) -> HeaderMap {
        let pair = cookie.to_str().unwrap().split(';').next().unwrap();
        HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_str(&format!("a=b; {pair}")).unwrap())])
    }

    #[test]
    fn a_browser_stays_signed_in_for_a_working_day() {
        let (provider, clock) = provider("http://localhost:1");
        let sign_in = provider.sign_in("a@example.com".to_owned());
        let headers = browser(&provider.session_cookie(&sign_in));
        assert_eq!(provider.session(&headers), Some(sign_in));
        assert_eq!(provider.session(&browser(&provider.no_session_cookie())), None);
        clock.advance(SignedDuration::from_secs(SESSION_SECONDS));
        assert_eq!(provider.session(&headers), None);
    }

    #[test]
    fn a_session_of_another_stack_is_none() {
        let (one, _) = provider("http://localhost:1");
        let (other, _) = provider("http://localhost:2");
        let cookie = one.session_cookie(&one.sign_in("a@example.com".to_owned()));
        assert_eq!(other.session(&browser(&cookie)), None);
    }

    #[test]
    fn nothing_but_a_refresh_token_refreshes() {
        let (provider, _) = provider("http://localhost:1");
        let sign_in = provider.sign_in("a@example.com".to_owned());
        assert_eq!(provider.refreshed(&provider.refresh_token(&sign_in)), Some(sign_in.clone()));
        for other in [provider.keep(Purpose::Session, &sign_in), provider.id_token("a@example.com"), String::new()] {
            assert_eq!(provider.refreshed(&other), None);
        }
    }
}
