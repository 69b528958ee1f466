#![doc = include_str!("../README.md")]

use askama::Template;
use brand::Brand;
use http_api::{Authorization, Call, Clock, Failure, Function, Rejection, Reply, Route, Settings, Site, serve};
use lambda_http::http::StatusCode;
use lambda_http::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, X_FRAME_OPTIONS};
use lambda_http::{Body, Request, Response};
use licensing::text::Language;
use serde_json::json;

/// This function serves what no other route does.
pub const ROUTES: &[Route] =
    &[Route { method: "ANY", path: "$default", operation: "servePortal", authorization: Authorization::None }];

/// The page needs one style sheet of its own and nothing else.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; \
                      frame-ancestors 'none'";

/// The function.
pub struct Portal {
    site: Site,
    brand: Brand,
    issuer: String,
    client_id: String,
}

impl Portal {
    /// Everything it serves is in its settings.
    pub fn new(settings: &Settings, clock: Clock) -> Self {
        Self {
            site: Site { clock, base_url: settings.base_url.clone() },
            brand: settings.brand.clone(),
            issuer: settings.openid_issuer.clone(),
            client_id: settings.openid_client_id.clone(),
        }
    }

    fn page_of(&self, call: &Call) -> Result<Reply, Failure> {
        match call.raw_path() {
            "/" => Ok(self.page(call, StatusCode::OK)),
            "/config.json" => self.config(),
            path if path.starts_with("/v1/") || !call.accepts("text/html") => Err(Rejection::NoSuchRoute.into()),
            _ => Ok(self.page(call, StatusCode::NOT_FOUND)),
        }
    }

    /// Where a client signs in, and how the vendor looks.
    fn config(&self) -> Result<Reply, Failure> {
        let config = json!({
            "issuer": self.issuer,
            "clientId": self.client_id,
            "vendorName": self.brand.vendor_name,
            "portalName": self.brand.portal_name,
            "supportEmail": self.brand.support_email,
            "supportPhone": self.brand.support_phone,
        });
        Ok(Reply::json(StatusCode::OK, &config)?.with(CACHE_CONTROL, "public, max-age=300"))
    }

    fn page(&self, call: &Call, status: StatusCode) -> Reply {
        let language = call.language().unwrap_or_default();
        let page = Page { brand: &self.brand, language, words: Words::of(language), found: status == StatusCode::OK };
        let html = page.render().unwrap_or_default();
        Reply::text(status, "text/html; charset=utf-8", html)
            .with(CONTENT_SECURITY_POLICY, POLICY)
            .with(REFERRER_POLICY, "same-origin")
            .with(X_FRAME_OPTIONS, "DENY")
    }
}

brand::phrases! {
    /// Sentences of the front page.
    struct Words;
    title: en "License Portal", it "Portale Licenze";
    soon: en "The portal’s pages come with the next release. Your licenses are safe: they are in the Smart Account, and ApplicationSuite servers stay current by themselves.", it "Le pagine del portale arriveranno con la prossima versione. Le licenze sono al sicuro nello Smart Account e i server ApplicationSuite restano aggiornati da soli.";
    meanwhile: en "Until then licenses are assigned through the API under /v1, or by our support:", it "Fino ad allora le licenze si assegnano tramite l’API sotto /v1 o tramite l’assistenza:";
    not_found: en "There is nothing at this address.", it "A questo indirizzo non c’è nulla.";
    home: en "To the front page", it "Alla pagina iniziale";
}

#[derive(Template)]
#[template(path = "page.html")]
struct Page<'a> {
    brand: &'a Brand,
    language: Language,
    words: &'static Words,
    found: bool,
}

/// Answers one request.
pub async fn handle(function: &Portal, request: Request) -> Response<Body> {
    serve(function, request).await
}

impl Function for Portal {
    const ROUTES: &'static [Route] = ROUTES;

    fn site(&self) -> &Site {
        &self.site
    }

    async fn answer(&self, call: &Call) -> Result<Reply, Failure> {
        self.page_of(call)
    }
}
