//! People who visit a stack over HTTP, as the demo and the journeys need them: somebody with a browser and a link, and
//! somebody who has signed in.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::{Client, Method, Response, StatusCode, redirect};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::Stack;

/// What a visitor got.
#[derive(Debug, Clone)]
pub struct Answer {
    /// HTTP status.
    pub status: StatusCode,
    /// `Location`, where there is one.
    pub location: Option<String>,
    /// `ETag`, where there is one.
    pub etag: Option<String>,
    /// `Content-Type`.
    pub media_type: String,
    /// The body.
    pub body: String,
}

impl Answer {
    async fn of(response: Response) -> reqwest::Result<Self> {
        let header = |name: &str| response.headers().get(name)?.to_str().ok().map(str::to_owned);
        Ok(Self {
            status: response.status(),
            location: header("location"),
            etag: header("etag"),
            media_type: header("content-type").unwrap_or_default(),
            body: response.text().await?,
        })
    }

    /// The body as JSON; null where it is none.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }

    /// The code of a problem; empty where it is none.
    pub fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }

    /// The hidden fields of the first form that has a button of this value.
    pub fn form(&self, button: &str) -> Option<HashMap<String, String>> {
        let pressed = format!("value=\"{button}\"");
        let form = self.body.split("<form").skip(1).map(|form| form.split("</form>").next().unwrap_or_default());
        let form = form.into_iter().find(|form| form.contains(&pressed))?;
        let hidden = form.split("<input type=\"hidden\"").skip(1);
        Some(hidden.filter_map(|input| Some((attribute(input, "name")?, attribute(input, "value")?))).collect())
    }
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let value = tag.split_once(&format!("{name}=\""))?.1;
    Some(value.split_once('"')?.0.to_owned())
}

/// How a browser posts a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Press {
    /// It says that a person pressed the button, as Chrome, Edge and Firefox do.
    Told,
    /// It says nothing, as Safari, old browsers and programs do.
    Untold,
}

/// Somebody with a browser.
#[derive(Debug, Clone)]
pub struct Browser {
    client: Client,
    base_url: String,
}

impl Browser {
    /// A browser that follows no redirect by itself and speaks no language of its own.
    ///
    /// # Errors
    ///
    /// When there is no TLS on this machine.
    pub fn new(stack: &Stack) -> reqwest::Result<Self> {
        Self::at(&stack.base_url)
    }

    /// The same for a stack that somebody else runs.
    ///
    /// # Errors
    ///
    /// When there is no TLS on this machine.
    pub fn at(base_url: &str) -> reqwest::Result<Self> {
        let client = Client::builder().redirect(redirect::Policy::none()).no_proxy().build()?;
        Ok(Self { client, base_url: base_url.to_owned() })
    }

    /// Opens an address: a path of the stack, or an absolute one.
    ///
    /// # Errors
    ///
    /// When the stack can't be reached.
    pub async fn open(&self, address: &str) -> reqwest::Result<Answer> {
        Answer::of(self.client.get(self.absolute(address)).header("accept", "text/html").send().await?).await
    }

    /// Any request, as it is.
    pub fn request(&self, method: Method, address: &str) -> reqwest::RequestBuilder {
        self.client.request(method, self.absolute(address))
    }

    /// Sends a request that [`Self::request`] began.
    ///
    /// # Errors
    ///
    /// When the stack can't be reached.
    pub async fn send(&self, request: reqwest::RequestBuilder) -> reqwest::Result<Answer> {
        Answer::of(request.send().await?).await
    }

    /// Presses the button of this value on a page: posts its form with hidden fields, button and what was typed.
    ///
    /// # Errors
    ///
    /// When the stack can't be reached.
    pub async fn press(
        &self,
        page: &Answer,
        address: &str,
        button: &str,
        typed: &[(&str, &str)],
        press: Press,
    ) -> reqwest::Result<Answer> {
        let mut fields = page.form(button).unwrap_or_default();
        fields.insert("press".to_owned(), button.to_owned());
        fields.extend(typed.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let request = self.client.post(self.absolute(address)).form(&fields);
        let request = if press == Press::Told { request.header("sec-fetch-user", "?1") } else { request };
        Answer::of(request.send().await?).await
    }

    /// Signs in at the stack's provider with the authorization code flow and PKCE, as the portal does.
    ///
    /// # Errors
    ///
    /// When the stack can't be reached.
    pub async fn sign_in(&self, stack: &Stack, email: &str) -> reqwest::Result<Session> {
        self.sign_in_at(stack.provider.issuer(), stack.provider.client_id(), email).await
    }

    /// The same at a provider that somebody else runs.
    ///
    /// # Errors
    ///
    /// When the stack can't be reached.
    pub async fn sign_in_at(&self, issuer: &str, client_id: &str, email: &str) -> reqwest::Result<Session> {
        let redirect_uri = format!("{}/", self.base_url);
        let verifier = URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>());
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(&verifier));
        let request = [
            ("response_type", "code"),
            ("client_id", client_id),
            ("redirect_uri", &redirect_uri),
            ("state", "state"),
            ("nonce", "nonce"),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
            ("email", email),
        ];
        let back = self.client.post(format!("{issuer}/authorize")).form(&request).send().await?;
        let back = Answer::of(back).await?.location.unwrap_or_default();
        let code = back.split_once("code=").map_or("", |(_, rest)| rest.split('&').next().unwrap_or_default());
        let exchange = [
            ("grant_type", "authorization_code"),
            ("client_id", client_id),
            ("redirect_uri", &redirect_uri),
            ("code", code),
            ("code_verifier", &verifier),
        ];
        let tokens = self.client.post(format!("{issuer}/token")).form(&exchange).send().await?;
        let tokens: Value = tokens.json().await?;
        Ok(self.session(tokens["id_token"].as_str().unwrap_or_default()))
    }

    /// Somebody who has an ID token already.
    pub fn session(&self, id_token: &str) -> Session {
        Session { browser: self.clone(), id_token: id_token.to_owned() }
    }

    fn absolute(&self, address: &str) -> String {
        if address.starts_with("http") { address.to_owned() } else { format!("{}{address}", self.base_url) }
    }
}

/// Somebody who has signed in.
#[derive(Debug, Clone)]
pub struct Session {
    browser: Browser,
    id_token: String,
}

impl Session {
    /// Reads.
    ///
    /// # Errors
    ///
    /// When the stack can't be reached.
    pub async fn get(&self, path: &str) -> reqwest::Result<Answer> {
        self.browser.send(self.request(Method::GET, path)).await
    }

    /// Writes, with a fresh idempotency key.
    ///
    /// # Errors
    ///
    /// When the stack can't be reached.
    pub async fn write(&self, method: Method, path: &str, body: &Value) -> reqwest::Result<Answer> {
        self.browser.send(self.request(method, path).json(body)).await
    }

    /// Writes on condition of a version.
    ///
    /// # Errors
    ///
    /// When the stack can't be reached.
    pub async fn write_at(&self, method: Method, path: &str, etag: &str, body: &Value) -> reqwest::Result<Answer> {
        self.browser.send(self.request(method, path).header("if-match", etag).json(body)).await
    }

    /// A request with this person's token and a fresh idempotency key.
    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.request_again(method, path, &URL_SAFE_NO_PAD.encode(rand::random::<[u8; 16]>()))
    }

    /// A request under an idempotency key that was used before, or will be used again.
    pub fn request_again(&self, method: Method, path: &str, key: &str) -> reqwest::RequestBuilder {
        self.browser.request(method, path).bearer_auth(&self.id_token).header("idempotency-key", key)
    }

    /// Sends a request that [`Self::request`] began.
    ///
    /// # Errors
    ///
    /// When the stack can't be reached.
    pub async fn send(&self, request: reqwest::RequestBuilder) -> reqwest::Result<Answer> {
        self.browser.send(request).await
    }
}
