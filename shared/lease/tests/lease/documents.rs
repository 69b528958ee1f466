//! Each way in which an answer can be wrong, and that two other libraries read ours.

use std::time::Instant;

use lease::document::JwsFault;
use lease::{Document, DocumentFault, Expected, KeySet, Lease, PublicKey, document, sign, verify};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::fixture::{EXPECTED, current, key, key_set, lease, offline_lease, refusals, root, roots, unchanged};
use crate::vectors::{base64url, claims_of, header_of};

fn fault(text: &str) -> DocumentFault {
    verify(&key_set(), &EXPECTED, text).unwrap_err()
}

/// A text signed by the current key, whatever it says.
fn signed(header: &Value, claims: &Value) -> String {
    let message = format!("{}.{}", base64url(header.to_string()), base64url(claims.to_string()));
    let key = jsonwebtoken::EncodingKey::from_ed_der(&pkcs8(2));
    let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &key, jsonwebtoken::Algorithm::EdDSA).unwrap();
    format!("{message}.{signature}")
}

/// The DER frame that RFC 8410 puts around a seed.
fn pkcs8(seed: u8) -> Vec<u8> {
    const FRAME: [u8; 16] = [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];
    FRAME.into_iter().chain([seed; 32]).collect()
}

fn header(typ: &str) -> Value {
    json!({"alg": "EdDSA", "typ": typ, "kid": "2026-1"})
}

#[test]
fn every_answer_is_read_as_it_was_signed() {
    let (keys, key) = (key_set(), current());
    assert_eq!(verify(&keys, &EXPECTED, &sign(&key, &lease())), Ok(Document::Lease(lease())));
    assert_eq!(verify(&keys, &EXPECTED, &sign(&key, &unchanged())), Ok(Document::Unchanged(unchanged())));
    for refusal in refusals() {
        assert_eq!(verify(&keys, &EXPECTED, &sign(&key, &refusal)), Ok(Document::Refusal(refusal)));
    }
}

#[test]
fn the_prepared_next_key_signs_too() {
    assert!(verify(&key_set(), &EXPECTED, &sign(&key("2027-1", 3), &lease())).is_ok());
}

#[test]
fn an_answer_for_another_server_token_or_request_is_refused() {
    let text = sign(&current(), &lease());
    for (expected, fault) in [
        (Expected { server: "b000121894", ..EXPECTED }, DocumentFault::Audience),
        (Expected { token_version: 2, ..EXPECTED }, DocumentFault::TokenVersion),
        (Expected { attempt: "01K9ZQ4Y7N3M8B2V5C6X1T0R9T", ..EXPECTED }, DocumentFault::Nonce),
    ] {
        assert_eq!(verify(&key_set(), &expected, &text), Err(fault));
    }
}

#[test]
fn an_answer_of_a_key_that_the_set_does_not_have_is_refused() {
    assert_eq!(fault(&sign(&key("2028-1", 2), &lease())), DocumentFault::UnknownKey);
    assert_eq!(fault(&sign(&key("2026-1", 9), &lease())), JwsFault::Signature.into());
}

#[test]
fn an_answer_of_another_type_is_refused() {
    let claims = claims_of(&sign(&current(), &lease()));
    assert_eq!(fault(&signed(&header("upgrade+jwt"), &claims)), DocumentFault::UnknownType);
    assert_eq!(fault(&signed(&header("JWT"), &claims)), DocumentFault::UnknownType);
    assert_eq!(fault(&signed(&header("LEASE+JWT"), &claims)), DocumentFault::UnknownType);
    let unchanged = claims_of(&sign(&current(), &unchanged()));
    assert_eq!(fault(&signed(&header("lease+jwt"), &unchanged)), DocumentFault::Claims);
    assert_eq!(fault(&signed(&json!({"alg": "EdDSA", "kid": "2026-1"}), &claims)), JwsFault::Malformed.into());
}

#[test]
fn an_answer_of_another_algorithm_is_refused() {
    let claims = claims_of(&sign(&current(), &lease()));
    for algorithm in ["none", "HS256", "ES256", "eddsa", ""] {
        let header = json!({"alg": algorithm, "typ": "lease+jwt", "kid": "2026-1"});
        assert_eq!(fault(&signed(&header, &claims)), JwsFault::Algorithm.into(), "{algorithm}");
    }
    // The public key as the secret of an HMAC: the classic confusion.
    let secret = jsonwebtoken::EncodingKey::from_secret(current().public().to_string().as_bytes());
    let mut header = jsonwebtoken::Header::new(jsonwebtoken::Algorithm::HS256);
    (header.typ, header.kid) = (Some("lease+jwt".to_owned()), Some("2026-1".to_owned()));
    assert_eq!(fault(&jsonwebtoken::encode(&header, &claims, &secret).unwrap()), JwsFault::Algorithm.into());
}

#[test]
fn an_answer_that_demands_an_extension_is_refused_and_keys_in_the_header_are_not_used() {
    let claims = claims_of(&sign(&current(), &lease()));
    let critical = json!({"alg": "EdDSA", "typ": "lease+jwt", "kid": "2026-1", "crit": ["b64"], "b64": false});
    assert_eq!(fault(&signed(&critical, &claims)), JwsFault::Extension.into());
    let jwk = json!({"kty": "OKP", "crv": "Ed25519", "x": current().public().to_string()});
    let own_key = json!({"alg": "EdDSA", "typ": "lease+jwt", "kid": "mine", "jwk": jwk});
    assert_eq!(fault(&signed(&own_key, &claims)), DocumentFault::UnknownKey);
}

#[test]
fn an_unknown_refusal_code_is_told_apart_from_a_broken_refusal() {
    let mut claims = claims_of(&sign(&current(), &refusals()[1]));
    claims["code"] = json!("moved");
    assert_eq!(fault(&signed(&header("refusal+jwt"), &claims)), DocumentFault::UnknownCode);
    claims["code"] = json!("server_disabled");
    assert_eq!(fault(&signed(&header("refusal+jwt"), &claims)), DocumentFault::Claims);
}

#[test]
fn a_lease_from_the_future_with_more_fields_and_another_care_level_is_still_read() {
    let mut claims = claims_of(&sign(&current(), &lease()));
    claims["colour"] = json!("blue");
    claims["segments"][1]["care"] = json!("diamond");
    let document = verify(&key_set(), &EXPECTED, &signed(&header("lease+jwt"), &claims)).unwrap();
    let Document::Lease(Lease { segments, .. }) = document else { panic!("a lease") };
    assert_eq!(segments[1].care, Some(lease::segment::CareLevel::Unknown));
}

#[test]
fn what_is_not_a_signed_text_is_refused() {
    let text = sign(&current(), &lease());
    for wrong in ["", ".", "..", "a.b.c", "a.b.c.d", &text[..text.len() - 1], &format!("{text}="), &format!("{text}.")]
    {
        assert!(matches!(fault(wrong), DocumentFault::Jws(_)), "{wrong}");
    }
    assert_eq!(fault(&"a".repeat(300_000)), JwsFault::Malformed.into());
}

#[test]
fn the_stored_lease_opens_without_its_request() {
    let text = sign(&current(), &lease());
    assert_eq!(document::open(&key_set(), &text), Ok(Document::Lease(lease())));
}

#[test]
fn signing_a_lease_takes_well_under_a_millisecond() {
    let (key, lease) = (current(), lease());
    let begin = Instant::now();
    for _ in 0..100 {
        std::hint::black_box(sign(&key, &lease));
    }
    assert!(begin.elapsed().as_millis() < 100, "{:?} for 100", begin.elapsed());
}

#[test]
fn two_other_libraries_verify_what_we_sign() {
    let texts = [
        sign(&current(), &lease()),
        sign(&current(), &unchanged()),
        sign(&current(), &refusals()[0]),
        sign(&current(), &offline_lease()),
    ];
    for text in &texts {
        assert_eq!(read_by_jsonwebtoken(text, current().public()), claims_of(text));
        assert_eq!(read_by_jwt_compact(text, &current()), claims_of(text));
    }
}

pub fn read_by_jsonwebtoken(text: &str, key: PublicKey) -> Value {
    let mut validation = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::EdDSA);
    validation.required_spec_claims.clear();
    (validation.validate_exp, validation.validate_aud) = (false, false);
    let key = jsonwebtoken::DecodingKey::from_ed_components(&key.to_string()).unwrap();
    let data = jsonwebtoken::decode::<Value>(text, &key, &validation).unwrap();
    assert_eq!(data.header.typ.as_deref(), header_of(text)["typ"].as_str());
    data.claims
}

fn read_by_jwt_compact(text: &str, key: &lease::SigningKey) -> Value {
    use base64::Engine as _;
    use jwt_compact::alg::Ed25519;
    use jwt_compact::{AlgorithmExt as _, UntrustedToken};

    let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(key.public().to_string()).unwrap();
    let key = <Ed25519 as jwt_compact::Algorithm>::VerifyingKey::from_slice(&bytes).unwrap();
    let token = UntrustedToken::new(text).unwrap();
    let verified = Ed25519.validator::<Value>(&key).validate(&token).unwrap();
    serde_json::to_value(verified.claims()).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn an_answer_with_any_character_changed_is_refused(at: prop::sample::Index, to in "[A-Za-z0-9_.-]") {
        let text = sign(&current(), &lease());
        let at = at.index(text.len());
        let changed = format!("{}{to}{}", &text[..at], &text[at + 1..]);
        prop_assert!(changed == text || verify(&key_set(), &EXPECTED, &changed).is_err());
    }

    #[test]
    fn texts_of_any_kind_are_refused(text in any::<String>()) {
        prop_assert!(verify(&key_set(), &EXPECTED, &text).is_err());
    }

    #[test]
    fn any_document_with_any_byte_changed_is_refused(
        which in 0..8_usize,
        at in any::<prop::sample::Index>(),
        flip in 1..=255_u8,
    ) {
        let texts = [
            sign(&current(), &lease()),
            sign(&current(), &unchanged()),
            root().sign(&key_set()),
        ];
        let refusals = refusals().map(|refusal| sign(&current(), &refusal));
        let text = texts.iter().chain(&refusals).nth(which).unwrap();
        let mut bytes = text.clone().into_bytes();
        bytes[at.index(text.len())] ^= flip;
        let changed = String::from_utf8_lossy(&bytes);
        prop_assert!(document::open(&key_set(), &changed).is_err());
        prop_assert!(KeySet::verify(&roots(), &changed).is_err());
    }

    #[test]
    fn a_signed_answer_of_any_content_never_breaks_the_parser(
        typ in prop::sample::select(vec!["lease+jwt", "unchanged+jwt", "refusal+jwt", "keyset+jwt"]),
        name in prop::sample::select(vec![
            "iss", "aud", "tokenVersion", "nonce", "iat", "exp", "serial", "segments", "code", "effectiveAt", "nextCheckIn",
        ]),
        value in prop::sample::select(vec![
            json!(null), json!(-1), json!(u64::MAX), json!(i64::MIN), json!(1e300), json!(""), json!("2026-02-30"), json!([]),
            json!({}), json!([{}]), json!({ "earliest": "9999-99-99T99:99:99Z" }),
        ]),
    ) {
        let mut claims = claims_of(&sign(&current(), &lease()));
        claims["code"] = json!("server_disabled");
        claims[name] = value;
        let _ = document::open(&key_set(), &signed(&header(typ), &claims));
    }
}
