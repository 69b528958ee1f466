//! The published vectors: made again from the fixed keys and compared with the files, which another implementation
//! tests itself with. `UPDATE_VECTORS=1 cargo test -p lease` writes them.

use std::fs;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use lease::document::JwsFault;
use lease::offline::{Kind, OfflineResponse, RequestNonce, Statement};
use lease::{DocumentFault, LeaseId, MacRing, Nonce, NoncePurpose, OrderLink, ServerToken, TokenFault, sign, verify};
use serde_json::{Value, json};
use ulid::Ulid;

use crate::fixture::{
    ATTEMPT, EXPECTED, NOW, SERVER, current, installation, key, key_set, lease, offline_lease, prepared, refusals,
    ring, root, roots, spare, unchanged,
};

pub fn base64url(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

pub fn header_of(text: &str) -> Value {
    part_of(text, 0)
}

pub fn claims_of(text: &str) -> Value {
    part_of(text, 1)
}

fn part_of(text: &str, index: usize) -> Value {
    let part = text.split('.').nth(index).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

/// Compares, or writes where the environment says so.
fn published(name: &str, vectors: &Value) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors").join(name);
    if std::env::var_os("UPDATE_VECTORS").is_some() {
        fs::write(&path, format!("{vectors:#}\n")).unwrap();
    }
    // Compared as values: the order of keys depends on which features other crates ask of the JSON library.
    let stored = fs::read_to_string(&path).unwrap_or_default();
    let stored: Value = serde_json::from_str(&stored).unwrap_or_default();
    assert_eq!(&stored, vectors, "{name} is not what the code makes; a change of a published format is a decision");
}

fn vector(name: &str, text: &str) -> Value {
    json!({"name": name, "jws": text, "header": header_of(text), "claims": claims_of(text)})
}

/// What every signed vector is verified with.
fn trust() -> Value {
    json!({
        "server": SERVER,
        "tokenVersion": 1,
        "attempt": ATTEMPT,
        "roots": roots(),
        "keySet": root().sign(&key_set()),
    })
}

#[test]
fn tokens_are_as_published() {
    let rotated = ring().rotated(2, [2; 32]);
    let token = |ring: &MacRing, server: &str, version: u16| json!({"server": server, "version": version, "token": ServerToken::mint(ring, server, version).as_str()});
    let right = ServerToken::mint(&ring(), SERVER, 1).to_string();
    let swapped = format!("{}{}{}{}", &right[..20], &right[21..22], &right[20..21], &right[22..]);
    let refused = [
        ("empty", TokenFault::Empty, String::new()),
        ("no_bar", TokenFault::NoBar, right.replace('|', "")),
        ("server", TokenFault::Server, right[1..].to_owned()),
        ("character", TokenFault::Character('-'), right.replacen('|', "|-", 1)),
        ("length", TokenFault::Length(31), right[..42].to_owned()),
        ("check", TokenFault::Check, swapped),
    ];
    for (_, fault, pasted) in &refused {
        assert_eq!(ServerToken::parse(pasted).unwrap_err(), *fault);
    }
    published(
        "tokens.json",
        &json!({
            "ring": rotated,
            "authentic": [
                token(&ring(), SERVER, 1), token(&ring(), SERVER, 65_535), token(&rotated, "b999999999", 2),
            ],
            "mended": [{"pasted": format!(" {}\r\n{} ", &right[..25], &right[25..].to_uppercase()), "token": right}],
            "notAuthentic": [token(&ring().rotated(1, [9; 32]), SERVER, 1)],
            "malformed": refused.map(|(fault, _, pasted)| json!({"fault": fault, "pasted": pasted})),
        }),
    );
}

#[test]
fn links_nonces_and_lease_ids_are_as_published() {
    let order = Ulid::from_string("01K9ZQ4Y7N3M8B2V5C6X1T0R9S").unwrap();
    let link = OrderLink { order, generation: 2 };
    published(
        "links.json",
        &json!({
            "ring": ring(),
            "link": {"order": order, "generation": 2, "text": OrderLink::sign(&ring(), &order, 2)},
            "nonce": {"purpose": "unlock", "shown": NOW, "text": Nonce::sign(&ring(), NoncePurpose::Unlock, &link, NOW)},
            "leaseId": {
                "server": SERVER, "epoch": 1, "serial": 7, "text": LeaseId { epoch: 1, serial: 7 }.encode(&ring(), SERVER),
            },
        }),
    );
}

#[test]
fn leases_are_as_published() {
    let text = sign(&current(), &lease());
    let mut empty = lease();
    empty.segments = vec![];
    let mut elsewhere = lease();
    elsewhere.binding.server = "b000121894".to_owned();
    let mut late = lease();
    late.binding.attempt = "01K9ZQ4Y7N3M8B2V5C6X1T0R9T".to_owned();
    let refused = [
        ("audience", DocumentFault::Audience, sign(&current(), &elsewhere)),
        ("nonce", DocumentFault::Nonce, sign(&current(), &late)),
        ("unknown_key", DocumentFault::UnknownKey, sign(&key("2028-1", 9), &lease())),
        ("signature", JwsFault::Signature.into(), sign(&key("2026-1", 9), &lease())),
        ("signature", JwsFault::Signature.into(), format!("{}A{}", &text[..200], &text[201..])),
    ];
    for (_, fault, jws) in &refused {
        assert_eq!(verify(&key_set(), &EXPECTED, jws).unwrap_err(), *fault);
    }
    published(
        "leases.json",
        &json!({
            "trust": trust(),
            "valid": [
                vector("lease", &text),
                vector("lease without segments", &sign(&current(), &empty)),
                vector("lease signed by the next key", &sign(&key("2027-1", 3), &lease())),
                vector("unchanged", &sign(&current(), &unchanged())),
            ],
            "refused": refused.map(|(fault, _, jws)| json!({"fault": fault, "jws": jws})),
        }),
    );
}

#[test]
fn refusals_are_as_published() {
    let valid = refusals().map(|refusal| vector(refusal.reason.code(), &sign(&current(), &refusal)));
    published("refusals.json", &json!({"trust": trust(), "valid": valid}));
}

#[test]
fn offline_strings_are_as_published() {
    let token = ServerToken::mint(&ring(), SERVER, 1);
    let other = ServerToken::mint(&ring().rotated(1, [9; 32]), SERVER, 1);
    let nonce = RequestNonce([8; 16]);
    let make = |kind, token: &ServerToken, serial| Statement::make(kind, token, &installation(), serial, nonce, NOW);
    let statement = |name: &str, string: &str| {
        let kind = if name == "return" { Kind::Return } else { Kind::Request };
        let read = Statement::parse(kind, string).unwrap();
        json!({
            "name": name, "string": string, "server": read.server, "tokenVersion": read.token_version,
            "serial": read.serial, "nonce": read.nonce.to_string(), "madeAt": read.made_at,
            "publicKey": read.public_key, "proves": read.proves(&token),
        })
    };
    let request = make(Kind::Request, &token, 7);
    let swapped = format!("{}{}{}{}", &request[..4], &request[5..6], &request[4..5], &request[6..]);
    let refused = [
        ("line", swapped),
        ("length", request.lines().take(7).collect::<Vec<_>>().join("\n")),
        ("kind", make(Kind::Return, &token, 7)),
    ];
    for (fault, string) in &refused {
        let found = Statement::parse(Kind::Request, string).unwrap_err();
        assert!(format!("{found:?}").to_lowercase().contains(fault), "{found:?}");
    }
    let text = sign(&current(), &offline_lease());
    let response = OfflineResponse { document: text.clone(), key_set: root().sign(&key_set()) };
    assert_eq!(OfflineResponse::parse(&response.write()), Ok(response.clone()));
    published(
        "offline.json",
        &json!({
            "trust": trust(),
            "token": token.as_str(),
            "installation": {"seed": base64url([7; 32]), "publicKey": installation().public()},
            "statements": [
                statement("request", &request),
                statement("request without a lease", &make(Kind::Request, &token, 0)),
                statement("request of somebody without the token", &make(Kind::Request, &other, 7)),
                statement("return", &make(Kind::Return, &token, 7)),
            ],
            "refused": refused.map(|(fault, string)| json!({"fault": fault, "request": string})),
            "responses": [{
                "string": response.write(), "document": vector("offline lease", &text), "keySet": response.key_set,
            }],
        }),
    );
}

#[test]
fn key_sets_are_as_published() {
    let mut rotated = key_set();
    rotated.serial = 2;
    rotated.keys = vec![prepared(&key("2027-1", 3), 365), prepared(&key("2028-1", 7), 730)];
    let other = lease::Root::from_seed(&[6; 32]).unwrap();
    published(
        "key-sets.json",
        &json!({
            "roots": roots(),
            "valid": [vector("first", &root().sign(&key_set())), vector("second, by the spare root", &spare().sign(&rotated))],
            "refused": [{"fault": "unknown_root", "jws": other.sign(&key_set())}],
            "jwks": key_set().jwks(),
        }),
    );
}
