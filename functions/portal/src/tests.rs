use http_api::Settings;
use lambda_http::http::HeaderMap;
use lambda_http::http::header::{
    CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
    X_FRAME_OPTIONS,
};

use super::*;
use crate::files::FILES;

const HTML: (&str, &str) = ("accept", "text/html,application/xhtml+xml");

fn settings(base_url: &str) -> Settings {
    Settings {
        table_name: "licensing".to_owned(),
        base_url: Some(base_url.to_owned()),
        token_keys: String::new(),
        link_keys: String::new(),
        lease_keys: String::new(),
        erp_keys: String::new(),
        event_keys: String::new(),
        events_url: None,
        refusals_suspended: false,
        mail_from: None,
        mail_configuration_set: None,
        vendor_staff: Vec::new(),
        openid_issuer: "https://issuer.example/pool".to_owned(),
        openid_client_id: "client".to_owned(),
        portal_connect: vec!["https://sign-in.example".to_owned()],
        brand: brand::Brand::default(),
    }
}

struct Answer {
    status: u16,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Answer {
    fn header(&self, name: impl lambda_http::http::header::AsHeaderName) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }
}

async fn send(base_url: &str, method: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
    let portal = Portal::new(&settings(base_url), Clock::system());
    let mut request = lambda_http::http::Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let (parts, body) = handle(&portal, request.body(Body::Empty).unwrap()).await.into_parts();
    Answer { status: parts.status.as_u16(), headers: parts.headers, body: body.to_vec() }
}

async fn get(path: &str, headers: &[(&str, &str)]) -> Answer {
    send("https://portal.example", "GET", path, headers).await
}

/// A script of the build, which has all forms.
fn script() -> &'static str {
    FILES.iter().find(|file| file.is_immutable() && file.media_type.starts_with("text/javascript")).unwrap().path
}

#[tokio::test]
async fn every_address_of_the_application_is_its_page() {
    for path in ["/", "/index.html", "/accounts/01K0AAAAAAAAAAAAAAAAAAAAAA/servers/b000000001", "/v10", "/locals"] {
        let page = get(path, &[HTML]).await;
        assert_eq!((page.status, page.header(CONTENT_TYPE)), (200, "text/html; charset=utf-8"), "{path}");
        assert_eq!(page.header(CACHE_CONTROL), "no-cache");
        assert!(page.text().contains("<!doctype html>"));
    }
    assert_eq!(get("/", &[]).await.status, 200, "whoever asks for the portal itself gets it");
}

#[tokio::test]
async fn what_is_no_page_is_a_problem() {
    for (path, headers) in [
        ("/v1/nothing", &[HTML][..]),
        ("/v1", &[HTML]),
        ("/local/nothing", &[HTML]),
        ("/.well-known/security.txt", &[HTML]),
        ("/assets/gone-12345678.js", &[HTML]),
        ("/assets/gone-12345678.js", &[]),
        ("/accounts/01K0", &[("accept", "application/json")]),
        ("/../Cargo.toml", &[]),
    ] {
        let problem = get(path, headers).await;
        assert_eq!((problem.status, problem.header(CONTENT_TYPE)), (404, "application/problem+json"), "{path}");
        assert!(problem.text().contains("no_such_route"));
    }
}

#[tokio::test]
async fn nothing_here_can_be_written_and_head_is_as_get() {
    for method in ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"] {
        assert_eq!(send("https://portal.example", method, "/", &[HTML]).await.status, 404, "{method}");
    }
    for path in ["/", "/config.json", script()] {
        let (head, get) = (send("https://portal.example", "HEAD", path, &[HTML]).await, get(path, &[HTML]).await);
        assert_eq!((head.status, head.headers), (200, get.headers), "{path}");
    }
}

#[tokio::test]
async fn assets_are_kept_for_a_year_and_come_in_the_smallest_form_that_the_client_takes() {
    let plain = get(script(), &[]).await;
    assert_eq!(plain.header(CACHE_CONTROL), "public, max-age=31536000, immutable");
    assert_eq!((plain.header(CONTENT_TYPE), plain.header(VARY)), ("text/javascript; charset=utf-8", "Accept-Encoding"));
    assert!(plain.headers.get(CONTENT_ENCODING).is_none());
    let mut tags = vec![plain.header(ETAG).to_owned()];
    for (accepted, encoding) in [("gzip, deflate, br, zstd", "br"), ("gzip", "gzip"), ("br;q=0, gzip;q=0.5", "gzip")] {
        let packed = get(script(), &[("accept-encoding", accepted)]).await;
        assert_eq!(packed.header(CONTENT_ENCODING), encoding);
        assert!(packed.body.len() < plain.body.len());
        tags.push(packed.header(ETAG).to_owned());
    }
    tags.dedup();
    assert_eq!(tags.len(), 3, "each form has its own tag: {tags:?}");
    let refused = get(script(), &[("accept-encoding", "br;q=0, gzip;q=0")]).await;
    assert_eq!(refused.body, plain.body);
}

#[tokio::test]
async fn what_the_client_has_already_is_not_sent_again() {
    for path in ["/", "/config.json", script()] {
        let first = get(path, &[HTML]).await;
        let tag = first.header(ETAG).to_owned();
        for known in [tag.clone(), format!("W/{tag}"), format!("\"other\", {tag}"), "*".to_owned()] {
            let again = get(path, &[HTML, ("if-none-match", &known)]).await;
            assert_eq!((again.status, again.body.len(), again.header(ETAG)), (304, 0, tag.as_str()), "{path} {known}");
            assert_eq!(again.header(CACHE_CONTROL), first.header(CACHE_CONTROL));
        }
        assert_eq!(get(path, &[HTML, ("if-none-match", "\"other\"")]).await.status, 200);
    }
}

#[tokio::test]
async fn browsers_are_told_to_run_nothing_but_our_files_and_to_call_nobody_but_us_and_the_sign_in() {
    let page = get("/", &[HTML]).await;
    assert_eq!(
        page.header(CONTENT_SECURITY_POLICY),
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
         connect-src 'self' https://issuer.example https://sign-in.example; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'; manifest-src 'self'"
    );
    assert_eq!(page.header(X_CONTENT_TYPE_OPTIONS), "nosniff");
    assert_eq!(page.header(REFERRER_POLICY), "same-origin");
    assert_eq!(page.header(X_FRAME_OPTIONS), "DENY");
    assert_eq!(get("/config.json", &[]).await.header(X_CONTENT_TYPE_OPTIONS), "nosniff");
}

#[tokio::test]
async fn https_is_demanded_for_a_year_only_where_it_is_spoken() {
    assert_eq!(get("/", &[HTML]).await.header(STRICT_TRANSPORT_SECURITY), "max-age=31536000");
    let local = send("http://localhost:8787", "GET", "/", &[HTML]).await;
    assert!(local.headers.get(STRICT_TRANSPORT_SECURITY).is_none());
}

#[tokio::test]
async fn the_configuration_says_where_to_sign_in_and_how_the_vendor_looks() {
    let config: serde_json::Value = serde_json::from_slice(&get("/config.json", &[]).await.body).unwrap();
    assert_eq!((&config["issuer"], &config["clientId"]), (&"https://issuer.example/pool".into(), &"client".into()));
    assert_eq!((&config["vendorName"], &config["portalName"]), (&"Imagicle".into(), &"License Portal".into()));
    assert_eq!(
        (&config["colours"]["accent"], &config["colours"]["accentText"]),
        (&"#c84e0a".into(), &"#ffffff".into())
    );
    assert!(config.get("logo").is_none());
}
