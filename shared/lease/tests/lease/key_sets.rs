//! Which key sets a client takes, and which secrets a service signs with.

use lease::document::JwsFault;
use lease::keyset::PreparedKey;
use lease::{KeySet, KeySetFault, LeaseSecret, Roots, SecretFault, sign};
use serde_json::{Value, json};

use crate::documents::read_by_jsonwebtoken;
use crate::fixture::{current, key, key_set, lease, prepared, ring, root, roots, spare};
use crate::vectors::{base64url, claims_of};

#[test]
fn a_set_of_either_pinned_root_is_taken() {
    assert_eq!(KeySet::verify(&roots(), &root().sign(&key_set())), Ok(key_set()));
    assert_eq!(KeySet::verify(&roots(), &spare().sign(&key_set())), Ok(key_set()));
}

#[test]
fn a_set_of_another_root_is_refused() {
    let other = lease::Root::from_seed(&[6; 32]).unwrap();
    assert_eq!(KeySet::verify(&roots(), &other.sign(&key_set())), Err(KeySetFault::UnknownRoot));
    let text = root().sign(&key_set());
    let (message, _) = text.rsplit_once('.').unwrap();
    let forged = other.sign(&key_set());
    let (_, signature) = forged.rsplit_once('.').unwrap();
    let forged = format!("{message}.{signature}");
    assert_eq!(KeySet::verify(&roots(), &forged), Err(JwsFault::Signature.into()));
}

#[test]
fn a_key_that_signs_answers_cannot_sign_a_set_and_a_root_cannot_sign_answers() {
    let answer = sign(&current(), &lease());
    assert_eq!(KeySet::verify(&roots(), &answer), Err(KeySetFault::Type));
    let set = root().sign(&key_set());
    assert!(lease::document::open(&key_set(), &set).is_err());
}

#[test]
fn a_set_without_keys_or_with_a_name_twice_is_refused() {
    let twice = vec![prepared(&current(), 0), prepared(&key("2026-1", 3), 1)];
    let odd = vec![PreparedKey { kid: "a\"b".to_owned(), ..prepared(&current(), 0) }];
    for keys in [vec![], twice, odd] {
        let text = root().sign(&KeySet { keys, ..key_set() });
        assert_eq!(KeySet::verify(&roots(), &text), Err(KeySetFault::Claims));
    }
}

#[test]
fn roots_are_read_from_json() {
    let text = json!({"root": root().public().to_string(), "spare": spare().public().to_string()}).to_string();
    assert_eq!(serde_json::from_str::<Roots>(&text).unwrap(), roots());
}

#[test]
fn the_jwks_verifies_an_answer_in_another_library() {
    let jwks: jsonwebtoken::jwk::JwkSet = serde_json::from_value(json!(key_set().jwks())).unwrap();
    let jwk = jwks.find("2026-1").unwrap();
    assert!(jsonwebtoken::DecodingKey::from_jwk(jwk).is_ok());
    assert_eq!(key_set().jwks().keys[0].x, current().public().to_string());
    let set = root().sign(&key_set());
    assert_eq!(read_by_jsonwebtoken(&set, root().public()), claims_of(&set));
}

fn secret() -> Value {
    json!({
        "current": "2026-1",
        "signing": {"2026-1": base64url([2; 32]), "2027-1": base64url([3; 32])},
        "leaseId": ring(),
        "keySet": root().sign(&key_set()),
    })
}

#[test]
fn a_secret_signs_what_its_key_set_verifies() {
    let secret = LeaseSecret::parse(&secret().to_string()).unwrap();
    let text = sign(secret.signing_key(), &lease());
    assert!(lease::document::open(secret.key_set(), &text).is_ok());
    assert_eq!(secret.lease_id_ring(), &ring());
    assert_eq!(KeySet::verify(&roots(), secret.key_set_text()), Ok(key_set()));
}

#[test]
fn a_secret_whose_answers_clients_would_refuse_is_refused() {
    let fault = |change: fn(&mut Value)| {
        let mut json = secret();
        change(&mut json);
        LeaseSecret::parse(&json.to_string()).unwrap_err()
    };
    assert!(matches!(fault(|json| json["current"] = json!("2028-1")), SecretFault::NoCurrent(_)));
    assert!(matches!(fault(|json| json["signing"]["2026-1"] = json!("AAAA")), SecretFault::Key(_)));
    assert!(matches!(fault(|json| json["keySet"] = json!("a.b.c")), SecretFault::KeySet(_)));
    assert!(matches!(fault(|json| json["signing"]["2026-1"] = json!(base64url([9; 32]))), SecretFault::NotInKeySet(_)));
    let broken = LeaseSecret::parse("{\"current\": 1, \"signing\": \"hush\"}").unwrap_err().to_string();
    assert!(!broken.contains("hush"), "{broken}");
}
