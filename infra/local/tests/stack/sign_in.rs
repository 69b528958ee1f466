use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use local::Stack;
use reqwest::{Client, redirect};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::stack;

const VERIFIER: &str = "a-verifier-of-at-least-forty-three-characters-0123";

fn client() -> Client {
    Client::builder().redirect(redirect::Policy::none()).build().unwrap()
}

fn request<'a>(callback: &'a str, challenge: &'a str) -> Vec<(&'static str, &'a str)> {
    vec![
        ("response_type", "code"),
        ("client_id", "portal"),
        ("redirect_uri", callback),
        ("scope", "openid email"),
        ("state", "s&1"),
        ("nonce", "n1"),
        ("code_challenge", challenge),
        ("code_challenge_method", "S256"),
    ]
}

async fn discovery(stack: &Stack) -> Value {
    let url = format!("{}/.well-known/openid-configuration", stack.provider.issuer());
    reqwest::get(url).await.unwrap().json().await.unwrap()
}

#[tokio::test]
async fn a_browser_signs_in_with_a_code_and_gets_an_id_token() {
    let stack = stack().await;
    let found = discovery(&stack).await;
    assert_eq!(found["issuer"], stack.provider.issuer());
    let callback = format!("{}/callback", stack.base_url);
    let challenge = BASE64.encode(Sha256::digest(VERIFIER));
    let authorize = found["authorization_endpoint"].as_str().unwrap();

    let page = client().get(authorize).query(&request(&callback, &challenge)).send().await.unwrap();
    assert_eq!(page.status(), 200);
    assert!(page.text().await.unwrap().contains("vendor@example.com"), "members are listed");

    let mut form = request(&callback, &challenge);
    form.push(("email", "Chiara@example.com"));
    let chosen = client().post(authorize).form(&form).send().await.unwrap();
    assert_eq!(chosen.status(), 303);
    let location = chosen.headers()["location"].to_str().unwrap().to_owned();
    let (_, query) = location.split_once('?').unwrap();
    let (code, state) = query.split_once('&').unwrap();
    assert_eq!(state, "state=s%261");

    let code = code.strip_prefix("code=").unwrap();
    let answer = redeem(&found, &callback, code, VERIFIER).await;
    let claims = claims(answer["id_token"].as_str().unwrap());
    assert_eq!(claims["nonce"], "n1");
    assert_eq!(claims["email"], "chiara@example.com");
    assert_eq!(claims["token_use"], "id");
    assert_eq!(redeem(&found, &callback, code, VERIFIER).await, json!({ "error": "invalid_grant" }), "once");
    stack.stop().await;
}

/// A browser that Chiara has signed in with: its `Cookie` header, and her code.
async fn signed_in(authorize: &str, callback: &str, challenge: &str) -> (String, String) {
    let form = [request(callback, challenge), vec![("email", "chiara@example.com")]].concat();
    let answer = client().post(authorize).form(&form).send().await.unwrap();
    let cookie = answer.headers()["set-cookie"].to_str().unwrap();
    for attribute in ["HttpOnly", "SameSite=Lax", "Path=/local/openid"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    let cookie = cookie.split(';').next().unwrap().to_owned();
    (cookie, code_of(answer.headers()["location"].to_str().unwrap()))
}

fn code_of(location: &str) -> String {
    let (_, rest) = location.split_once("code=").unwrap_or_else(|| panic!("no code in {location}"));
    rest.split('&').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_browser_that_is_signed_in_comes_straight_back_until_it_signs_out() {
    let stack = stack().await;
    let authorize = format!("{}/authorize", stack.provider.issuer());
    let callback = format!("{}/callback", stack.base_url);
    let challenge = BASE64.encode(Sha256::digest(VERIFIER));
    let asked = async |cookie: &str, prompt: &str| {
        let query = [request(&callback, &challenge), vec![("prompt", prompt)]].concat();
        client().get(&authorize).query(&query).header("cookie", cookie).send().await.unwrap()
    };
    let location = |answer: &reqwest::Response| answer.headers()["location"].to_str().unwrap().to_owned();
    let (cookie, _) = signed_in(&authorize, &callback, &challenge).await;

    for prompt in ["", "none"] {
        let code = code_of(&location(&asked(&cookie, prompt).await));
        let tokens = redeem(&discovery(&stack).await, &callback, &code, VERIFIER).await;
        assert_eq!(claims(tokens["id_token"].as_str().unwrap())["email"], "chiara@example.com");
    }
    assert_eq!(asked(&cookie, "login").await.status(), 200, "she may be somebody else now");
    assert_eq!(asked("", "").await.status(), 200);
    assert_eq!(location(&asked("", "none").await), format!("{callback}?error=login_required&state=s%261"));

    let page = client().get(stack.provider.issuer()).header("cookie", &cookie).send().await.unwrap();
    let page = page.text().await.unwrap();
    assert!(page.contains("Signed in as <strong>chiara@example.com") && page.contains("Sign out"), "{page}");
    assert!(page.contains("vendor@example.com"), "members are listed");
    let end = client().get(format!("{}/end-session", stack.provider.issuer())).send().await.unwrap();
    assert!(end.headers()["set-cookie"].to_str().unwrap().ends_with("Max-Age=0"));
    stack.stop().await;
}

#[tokio::test]
async fn a_refresh_token_gets_fresh_tokens_of_the_same_sign_in() {
    let stack = stack().await;
    let found = discovery(&stack).await;
    let callback = format!("{}/callback", stack.base_url);
    let challenge = BASE64.encode(Sha256::digest(VERIFIER));
    let authorize = found["authorization_endpoint"].as_str().unwrap();
    let (_, code) = signed_in(authorize, &callback, &challenge).await;
    let mut tokens = redeem(&found, &callback, &code, VERIFIER).await;
    let first = claims(tokens["id_token"].as_str().unwrap());
    assert!(found["grant_types_supported"].as_array().unwrap().contains(&json!("refresh_token")));
    for _ in 0..2 {
        tokens = refresh(&found, tokens["refresh_token"].as_str().unwrap()).await;
        let fresh = claims(tokens["id_token"].as_str().unwrap());
        assert_eq!((&fresh["sub"], &fresh["auth_time"]), (&first["sub"], &first["auth_time"]));
        assert!(tokens["access_token"].is_string());
    }
    let bearer = tokens["id_token"].as_str().unwrap();
    assert_eq!(refresh(&found, bearer).await, json!({ "error": "invalid_grant" }));
    for (token, status) in [(bearer, 200), (tokens["refresh_token"].as_str().unwrap(), 401)] {
        let me = client().get(format!("{}/v1/me", stack.base_url)).bearer_auth(token).send().await.unwrap();
        assert_eq!(me.status(), status);
    }
    stack.stop().await;
}

async fn refresh(found: &Value, token: &str) -> Value {
    let form = [("grant_type", "refresh_token"), ("client_id", "portal"), ("refresh_token", token)];
    let answer = client().post(found["token_endpoint"].as_str().unwrap()).form(&form).send().await.unwrap();
    answer.json().await.unwrap()
}

async fn redeem(found: &Value, callback: &str, code: &str, verifier: &str) -> Value {
    let form = [
        ("grant_type", "authorization_code"),
        ("client_id", "portal"),
        ("redirect_uri", callback),
        ("code", code),
        ("code_verifier", verifier),
    ];
    let answer = client().post(found["token_endpoint"].as_str().unwrap()).form(&form).send().await.unwrap();
    answer.json().await.unwrap()
}

fn claims(token: &str) -> Value {
    serde_json::from_slice(&BASE64.decode(token.split('.').nth(1).unwrap()).unwrap()).unwrap()
}

#[tokio::test]
async fn what_a_real_provider_refuses_is_refused() {
    let stack = stack().await;
    let found = discovery(&stack).await;
    let authorize = found["authorization_endpoint"].as_str().unwrap();
    let callback = format!("{}/callback", stack.base_url);
    let challenge = BASE64.encode(Sha256::digest(VERIFIER));
    for (name, value) in [
        ("response_type", "token"),
        ("client_id", "other"),
        ("redirect_uri", "https://elsewhere.example/"),
        ("code_challenge", ""),
        ("code_challenge_method", "plain"),
    ] {
        let mut request = request(&callback, &challenge);
        request.retain(|field| field.0 != name);
        request.push((name, value));
        let answer = client().get(authorize).query(&request).send().await.unwrap();
        assert_eq!(answer.status(), 400, "{name}");
    }
    stack.stop().await;
}

#[tokio::test]
async fn what_is_no_address_is_told_and_the_request_goes_on() {
    let stack = stack().await;
    let callback = format!("{}/callback", stack.base_url);
    let challenge = BASE64.encode(Sha256::digest(VERIFIER));
    for (path, fields) in [("/bearer", Vec::new()), ("/authorize", request(&callback, &challenge))] {
        for (typed, sentence) in [("notamail", "“notamail” is not an e-mail address."), ("", "No address was sent")]
        {
            let form = [fields.clone(), vec![("other", typed)]].concat();
            let url = format!("{}{path}", stack.provider.issuer());
            let answer = client().post(url).form(&form).send().await.unwrap();
            assert_eq!(answer.status(), 422, "{path}");
            let page = answer.text().await.unwrap();
            assert!(page.contains(sentence), "{page}");
            assert_eq!(page.contains(&challenge), path == "/authorize");
        }
    }
    stack.stop().await;
}

#[tokio::test]
async fn a_token_is_shown_as_a_line_for_the_shell() {
    let stack = stack().await;
    let bearer = format!("{}/bearer", stack.provider.issuer());
    let page = client().post(&bearer).form(&[("email", "a@example.com")]).send().await.unwrap().text().await.unwrap();
    let (_, rest) = page.split_once("export TOKEN=").unwrap();
    let token = rest.split('<').next().unwrap();
    let me = client().get(format!("{}/v1/me", stack.base_url)).bearer_auth(token).send().await.unwrap();
    assert_eq!(me.status(), 200);
    stack.stop().await;
}

#[tokio::test]
async fn addresses_that_people_try_lead_somewhere() {
    let stack = stack().await;
    for (path, location) in
        [("/local", "/local/mailbox"), ("/local/", "/local/mailbox"), ("/local/openid/bearer", "/local/openid")]
    {
        let answer = client().get(format!("{}{path}", stack.base_url)).send().await.unwrap();
        assert_eq!((answer.status().as_u16(), answer.headers()["location"].to_str().unwrap()), (303, location));
    }
    let icon = client().get(format!("{}/favicon.ico", stack.base_url)).send().await.unwrap();
    assert_eq!(icon.status(), 204);
    stack.stop().await;
}

#[tokio::test]
async fn anybody_verifies_tokens_by_the_published_keys() {
    let stack = stack().await;
    let found = discovery(&stack).await;
    let keys: jsonwebtoken::jwk::JwkSet =
        reqwest::get(found["jwks_uri"].as_str().unwrap()).await.unwrap().json().await.unwrap();
    let token = stack.provider.id_token("a@example.com");
    let header = jsonwebtoken::decode_header(&token).unwrap();
    let key = jsonwebtoken::DecodingKey::from_jwk(keys.find(&header.kid.unwrap()).unwrap()).unwrap();
    let mut validation = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::RS256);
    validation.set_audience(&["portal"]);
    validation.set_issuer(&[stack.provider.issuer()]);
    assert!(jsonwebtoken::decode::<Value>(&token, &key, &validation).is_ok());
    stack.stop().await;
}

#[tokio::test]
async fn signing_out_leads_back_to_the_portal_and_nowhere_else() {
    let stack = stack().await;
    let end = format!("{}/end-session", stack.provider.issuer());
    for (to, location) in [
        (format!("{}/bye", stack.base_url), format!("{}/bye?state=x", stack.base_url)),
        ("https://elsewhere.example/".to_owned(), "/".to_owned()),
    ] {
        let query = [("post_logout_redirect_uri", to.as_str()), ("state", "x")];
        let answer = client().get(&end).query(&query).send().await.unwrap();
        assert_eq!(answer.headers()["location"], location);
    }
    stack.stop().await;
}
