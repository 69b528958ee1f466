//! What a browser is told about the pages.

use brand::Brand;
use http_api::{Reply, Settings};
use lambda_http::http::header::{
    CONTENT_SECURITY_POLICY, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};

/// The headers that every page has.
pub(crate) struct Policy {
    content: String,
}

impl Policy {
    /// Pages call this service, the issuer, and what the deployment names beside.
    pub(crate) fn new(settings: &Settings) -> Self {
        let own = settings.base_url.as_deref().and_then(origin);
        let others =
            origin(&settings.openid_issuer).into_iter().chain(settings.portal_connect.iter().map(String::as_str));
        let connect = others.filter(|other| Some(*other) != own).fold(String::new(), |list, other| list + " " + other);
        Self { content: content(&settings.brand, &connect) }
    }

    /// An answer with these headers; `base_url` is where the request came to.
    pub(crate) fn of(&self, reply: Reply, base_url: &str) -> Reply {
        let reply = reply
            .with(CONTENT_SECURITY_POLICY, &self.content)
            .with(X_CONTENT_TYPE_OPTIONS, "nosniff")
            .with(REFERRER_POLICY, "same-origin")
            .with(X_FRAME_OPTIONS, "DENY");
        if base_url.starts_with("https://") { reply.with(STRICT_TRANSPORT_SECURITY, "max-age=31536000") } else { reply }
    }
}

fn content(brand: &Brand, connect: &str) -> String {
    let logo = brand.logo.as_ref().map(brand::Logo::csp_source).filter(|source| *source != "data:");
    let logo = logo.map(|source| format!(" {source}")).unwrap_or_default();
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:{logo}; font-src 'self'; \
         connect-src 'self'{connect}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; manifest-src 'self'"
    )
}

/// Scheme, host and port of an address.
fn origin(address: &str) -> Option<&str> {
    let host = address.find("://")? + 3;
    let end = address[host..].find(['/', '?', '#']).map_or(address.len(), |end| host + end);
    (end > host).then(|| &address[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_scheme_host_and_port() {
        assert_eq!(origin("https://a.example/pool?x"), Some("https://a.example"));
        assert_eq!(origin("http://localhost:8787/local/openid"), Some("http://localhost:8787"));
        assert_eq!(origin("https://a.example"), Some("https://a.example"));
        assert_eq!((origin(""), origin("https://"), origin("a.example")), (None, None, None));
    }

    #[test]
    fn a_logo_from_elsewhere_is_let_in_by_its_origin() {
        let logo = brand::Logo::parse("https://pictures.example/logo.svg").unwrap();
        let policy = content(&Brand { logo: Some(logo), ..Brand::default() }, "");
        assert!(policy.contains("img-src 'self' data: https://pictures.example;"), "{policy}");
    }
}
