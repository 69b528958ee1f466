//! The keys of a stack: made on its first start, then kept. The root lies apart from what the functions can read.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jiff::{SignedDuration, Timestamp};
use lease::keyset::{PreparedKey, Root, Roots};
use lease::secret::LeaseSecretJson;
use lease::{KeyFault, KeySet, MacRing, SigningKey};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::StartError;
use crate::secrets::Secrets;
use crate::store::Store;

/// The secret with the ring of server tokens.
pub(crate) const TOKEN: &str = "local/token";
/// The secret with the ring of unlock links.
pub(crate) const LINK: &str = "local/link";
/// The secret that signs leases.
pub(crate) const LEASE: &str = "local/lease";
/// The secret that events to the vendor are signed with.
pub(crate) const EVENT: &str = "local/event";
/// The secret that the ERP signs orders with.
pub(crate) const ERP: &str = "local/erp";

const ROOT_DOCUMENT: &str = "keys/root.json";
/// The document with what the functions read.
pub(crate) const SECRETS_DOCUMENT: &str = "keys/secrets.json";

/// Signing keys that a key set prepares: one every half year for two years.
const PREPARED_KEYS: u32 = 4;
const DAYS_BETWEEN_KEYS: u32 = 182;

/// All keys of a stack.
pub(crate) struct Keys {
    /// What the functions read.
    pub(crate) secrets: Secrets,
    /// What an AppSuite pins.
    pub(crate) roots: Roots,
    /// The key that the ERP signs with, `whsec_…`.
    pub(crate) erp: String,
}

/// The private roots, base64url of their seeds.
#[derive(Serialize, Deserialize)]
struct RootSeeds {
    root: String,
    spare: String,
}

/// The ERP's ring.
#[derive(Deserialize)]
struct ErpRing {
    current: u8,
    keys: BTreeMap<u8, String>,
}

impl Keys {
    /// Reads the keys; makes those that are missing.
    pub(crate) fn open(store: &Store, now: Timestamp) -> Result<Self, StartError> {
        let seeds = store.read_or_make(ROOT_DOCUMENT, || RootSeeds { root: seed(), spare: seed() })?;
        let root = Root::from_secret(&seeds.root).map_err(key_fault)?;
        let spare = Root::from_secret(&seeds.spare).map_err(key_fault)?;
        let mut secrets: Secrets = if let Some(secrets) = store.read_json(SECRETS_DOCUMENT)? {
            secrets
        } else {
            let made = make(&root, now).map_err(key_fault)?;
            store.write_json(SECRETS_DOCUMENT, &made)?;
            made
        };
        if !secrets.contains_key(EVENT) {
            secrets.insert(EVENT.to_owned(), webhook_ring().to_string());
            store.write_json(SECRETS_DOCUMENT, &secrets)?;
        }
        let erp = erp_key(&secrets)?;
        Ok(Self { secrets, roots: Roots { root: root.public(), spare: spare.public() }, erp })
    }
}

fn make(root: &Root, now: Timestamp) -> Result<Secrets, KeyFault> {
    let lease = lease_secret(root, now)?;
    let secrets = [(TOKEN, json!(ring())), (LINK, json!(ring())), (LEASE, json!(lease)), (ERP, webhook_ring())];
    Ok(secrets.map(|(name, value)| (name.to_owned(), value.to_string())).into())
}

/// A ring of one key to the Standard Webhooks specification.
fn webhook_ring() -> Value {
    json!({ "current": 1, "keys": { "1": format!("whsec_{}", STANDARD.encode(random())) } })
}

/// The signing keys, and the set of their public halves that the root signs.
fn lease_secret(root: &Root, now: Timestamp) -> Result<LeaseSecretJson, KeyFault> {
    let mut signing = BTreeMap::new();
    let mut keys = Vec::new();
    for number in 0..PREPARED_KEYS {
        let not_before = now + SignedDuration::from_hours(24 * i64::from(DAYS_BETWEEN_KEYS * number));
        let kid = format!("local-{}", number + 1);
        let seed = seed();
        keys.push(PreparedKey { kid: kid.clone(), x: SigningKey::from_secret(&kid, &seed)?.public(), not_before });
        signing.insert(kid, seed);
    }
    let key_set = root.sign(&KeySet { serial: 1, issued_at: now, keys });
    Ok(LeaseSecretJson { current: "local-1".to_owned(), signing, lease_id: ring(), key_set })
}

/// A key of the functions that can be replaced while everything runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rotation {
    /// The ring of server tokens.
    Token,
    /// The ring of unlock links.
    Link,
    /// The key that signs leases: the next one of the signed key set.
    Lease,
}

/// Takes the next key of a ring into use, as a rotation in the cloud does: the keys before stay and verify.
pub(crate) fn rotate(secrets: &mut Secrets, what: Rotation) -> Result<(), StartError> {
    let name = match what {
        Rotation::Token => TOKEN,
        Rotation::Link => LINK,
        Rotation::Lease => LEASE,
    };
    let text = secrets.get_mut(name).ok_or_else(|| StartError::Key(format!("there is no {name}")))?;
    let broken = |error: serde_json::Error| StartError::Key(error.to_string());
    *text = if what == Rotation::Lease {
        let mut lease: LeaseSecretJson = serde_json::from_str(text).map_err(broken)?;
        let next = lease.signing.keys().find(|kid| **kid > lease.current).cloned();
        lease.current = next.unwrap_or(lease.current);
        json!(lease).to_string()
    } else {
        let ring: MacRing = serde_json::from_str(text).map_err(broken)?;
        let next = ring.current().saturating_add(1);
        json!(ring.rotated(next, random())).to_string()
    };
    Ok(())
}

/// The current key of the ERP.
pub(crate) fn erp_key(secrets: &Secrets) -> Result<String, StartError> {
    let missing = || StartError::Key("the ERP's ring has no current key".to_owned());
    let text = secrets.get(ERP).ok_or_else(missing)?;
    let mut ring: ErpRing = serde_json::from_str(text).map_err(|error| StartError::Key(error.to_string()))?;
    ring.keys.remove(&ring.current).ok_or_else(missing)
}

fn key_fault(fault: KeyFault) -> StartError {
    StartError::Key(fault.to_string())
}

fn ring() -> MacRing {
    MacRing::single(1, random())
}

fn seed() -> String {
    URL_SAFE_NO_PAD.encode(random())
}

fn random() -> [u8; 32] {
    rand::random()
}

#[cfg(test)]
mod tests {
    use lease::LeaseSecret;

    use super::*;
    use crate::Data;

    #[test]
    fn a_restart_finds_the_same_keys() {
        let folder = tempfile::tempdir().unwrap();
        let open = || {
            let store = Store::open(&Data::Folder(folder.path().to_owned())).unwrap();
            Keys::open(&store, Timestamp::UNIX_EPOCH).unwrap()
        };
        let (first, second) = (open(), open());
        assert_eq!(first.secrets, second.secrets);
        assert_eq!(first.roots, second.roots);
    }

    #[test]
    fn the_root_signs_the_key_set_and_stays_out_of_the_secrets() {
        let store = Store::open(&Data::Memory).unwrap();
        let keys = Keys::open(&store, Timestamp::UNIX_EPOCH).unwrap();
        let secret = LeaseSecret::parse(&keys.secrets[LEASE]).unwrap();
        assert_eq!(KeySet::verify(&keys.roots, secret.key_set_text()).unwrap().keys.len(), 4);

        let seeds: RootSeeds = store.read_json(ROOT_DOCUMENT).unwrap().unwrap();
        assert!(keys.secrets.values().all(|text| !text.contains(&seeds.root) && !text.contains(&seeds.spare)));
    }
}
