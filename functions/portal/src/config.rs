//! `GET /config.json`: where a client signs in, and how the vendor looks.

use brand::{Brand, Colour, Logo};
use http_api::Settings;
use serde_json::{Value, json};

/// The darkest background that a light screen has, and the lightest of a dark one: what reads well there reads well on
/// every other. They stand in web/src/style/base.css as --page and --quiet.
const LIGHT: &str = "#f2f4f6";
const DARK: &str = "#232b36";

/// The document.
pub(crate) fn document(settings: &Settings) -> Value {
    let brand = &settings.brand;
    let mut document = json!({
        "issuer": settings.openid_issuer,
        "clientId": settings.openid_client_id,
        "vendorName": brand.vendor_name,
        "portalName": brand.portal_name,
        "supportEmail": brand.support_email,
        "supportPhone": brand.support_phone,
        "colours": colours(brand),
    });
    if let Some(logo) = &brand.logo {
        document["logo"] = Logo::as_str(logo).into();
    }
    document
}

/// The vendor's colours, those of text on them, and those that read well as text on a light or a dark page.
fn colours(brand: &Brand) -> Value {
    let colours = &brand.colours;
    let light = Colour::parse(LIGHT).unwrap_or(Colour::WHITE);
    let dark = Colour::parse(DARK).unwrap_or(Colour::INK);
    json!({
        "primary": colours.primary,
        "primaryText": colours.primary.ink(),
        "accent": colours.accent,
        "accentText": colours.accent.ink(),
        "accentOnLight": colours.accent.readable_on(light),
        "accentOnDark": colours.accent.readable_on(dark),
        "text": colours.text.readable_on(light),
    })
}
