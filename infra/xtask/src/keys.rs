//! The keys that are made outside the cloud: the root and its spare, the signed key set, rings of MAC keys.
//!
//! Everything is a file. Private keys stay on the machine (and the paper or device they are copied to); what the
//! service needs is a secret's text, to be stored with the cloud's own command.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use clap::Subcommand;
use jiff::Timestamp;
use lease::secret::LeaseSecretJson;
use lease::{MacRing, Root, Roots};

use crate::failure::Failure;

mod plan;
mod webhook;

use webhook::WebhookRing;

/// What can be made.
#[derive(Subcommand)]
pub enum RootTask {
    /// Makes a root and its spare in a new folder: root.key, spare.key and roots.json, which clients pin.
    Make {
        /// The folder, which must not exist; keep it outside of any clone or cloud.
        folder: PathBuf,
    },
    /// Makes or extends the lease keys of the service: signing keys for two years ahead, in a key set that a root signed.
    Sign {
        /// root.key, or spare.key where the root is lost.
        root: PathBuf,
        /// The lease keys as a file; a missing one is begun.
        lease_keys: PathBuf,
        /// Signs with this key of the set from now on: the next step of a rotation.
        #[arg(long, value_name = "KID")]
        current: Option<String>,
        /// Leaves this key out of the set; clients refuse what it signed as soon as they have the set.
        #[arg(long, value_name = "KID")]
        drop: Option<String>,
    },
    /// Makes a ring of MAC keys (token keys, link keys), or rotates it: a new key signs, the others keep verifying.
    Ring {
        /// The ring as a file; a missing one is begun.
        ring: PathBuf,
    },
    /// Makes the keys that the ERP signs its requests with, or rotates them: the key before keeps being taken.
    Erp {
        /// The ring as a file; a missing one is begun.
        ring: PathBuf,
    },
    /// Makes the keys that events to the vendor are signed with, or rotates them: the key before keeps signing too.
    Events {
        /// The ring as a file; a missing one is begun.
        ring: PathBuf,
    },
}

/// Makes it.
pub fn run(task: RootTask) -> Result<(), Failure> {
    match task {
        RootTask::Make { folder } => make(&folder),
        RootTask::Sign { root, lease_keys, current, drop } => {
            sign(&root, &lease_keys, &plan::Change { current, drop }, now())
        }
        RootTask::Ring { ring } => rotate(&ring),
        RootTask::Erp { ring } => rotate_webhook(&ring, "erp-keys", "let the ERP sign with"),
        RootTask::Events { ring } => rotate_webhook(&ring, "event-keys", "let the receiver verify with"),
    }
}

fn make(folder: &Path) -> Result<(), Failure> {
    fs::create_dir(folder).map_err(Failure::file(folder))?;
    let [root, spare] = [random()?, random()?];
    let public = |seed| Root::from_seed(seed).map(|root| root.public()).map_err(Failure::key);
    let roots = Roots { root: public(&root)?, spare: public(&spare)? };
    keep(&folder.join("root.key"), &base64url(&root))?;
    keep(&folder.join("spare.key"), &base64url(&spare))?;
    keep(&folder.join("roots.json"), &json(&roots)?)?;
    println!("Made root.key, spare.key and roots.json in {}.", folder.display());
    println!("Keep the two keys apart from each other and offline; build clients with roots.json.");
    Ok(())
}

fn sign(root: &Path, lease_keys: &Path, change: &plan::Change, now: Timestamp) -> Result<(), Failure> {
    let root = read(root)?.ok_or(Failure::Input("there is no such root key".to_owned()))?;
    let root = Root::from_secret(root.trim()).map_err(Failure::key)?;
    let before: Option<LeaseSecretJson> = read(lease_keys)?.map(|text| parse(&text)).transpose()?;
    let (after, set) = plan::extended(before, change, &root, now, random)?;
    keep(lease_keys, &json(&after)?)?;
    println!("Key set {} of {} keys; {} signs now.", set.serial, set.keys.len(), after.current);
    for key in &set.keys {
        println!("  {} from {}", key.kid, key.not_before);
    }
    println!("Store {} as the secret lease-keys of the stack.", lease_keys.display());
    Ok(())
}

fn rotate(path: &Path) -> Result<(), Failure> {
    let key = random()?;
    let ring = match read(path)? {
        None => MacRing::single(1, key),
        Some(text) => {
            let ring: MacRing = parse(&text)?;
            let id = ring.current().checked_add(1).ok_or(Failure::Input("a ring has at most 255 keys".to_owned()))?;
            ring.rotated(id, key)
        }
    };
    keep(path, &json(&ring)?)?;
    println!("Key {} of {} signs now.", ring.current(), path.display());
    Ok(())
}

fn rotate_webhook(path: &Path, secret: &str, then: &str) -> Result<(), Failure> {
    let before: Option<WebhookRing> = read(path)?.map(|text| parse(&text)).transpose()?;
    let ring = WebhookRing::with(before, random()?);
    keep(path, &json(&ring)?)?;
    println!("Store {} as the secret {secret} of the stack, then {then} key {}:", path.display(), ring.current);
    println!("{}", ring.newest());
    Ok(())
}

/// The text of a file, `None` where there is none.
fn read(path: &Path) -> Result<Option<String>, Failure> {
    if path.exists() { fs::read_to_string(path).map(Some).map_err(Failure::file(path)) } else { Ok(None) }
}

/// Replaces a file as a whole; only its owner reads it. A crash leaves the old one.
fn keep(path: &Path, text: &str) -> Result<(), Failure> {
    let beside = path.with_extension("new");
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(0o600);
    let mut file = options.open(&beside).map_err(Failure::file(&beside))?;
    file.write_all(text.as_bytes()).and_then(|()| file.write_all(b"\n")).map_err(Failure::file(&beside))?;
    file.sync_all().map_err(Failure::file(&beside))?;
    fs::rename(&beside, path).map_err(Failure::file(path))
}

/// The encoding of keys in files, without padding.
fn base64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn json(value: &impl serde::Serialize) -> Result<String, Failure> {
    serde_json::to_string_pretty(value).map_err(|fault| Failure::Input(fault.to_string()))
}

fn parse<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, Failure> {
    // The fault's own text could quote a key.
    serde_json::from_str(text)
        .map_err(|fault| Failure::Input(format!("the file is not of its form, line {}", fault.line())))
}

fn random() -> Result<[u8; 32], Failure> {
    let mut bytes = [0; 32];
    rand::TryRng::try_fill_bytes(&mut rand::rngs::SysRng, &mut bytes)
        .map_err(|fault| Failure::Input(format!("the system gives no random bytes: {fault}")))?;
    Ok(bytes)
}

#[expect(clippy::disallowed_methods, reason = "this is the program's edge; everything below takes `now`")]
fn now() -> Timestamp {
    Timestamp::now()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use lease::{KeySet, LeaseSecret};

    use super::*;

    const NO_CHANGE: plan::Change = plan::Change { current: None, drop: None };

    #[test]
    fn a_client_that_pins_the_roots_accepts_what_root_and_spare_sign() {
        let folder = tempfile::tempdir().unwrap();
        let made = folder.path().join("made");
        make(&made).unwrap();
        let roots: Roots = parse(&read(&made.join("roots.json")).unwrap().unwrap()).unwrap();
        for root in ["root.key", "spare.key"] {
            let keys = folder.path().join(root);
            sign(&made.join(root), &keys, &NO_CHANGE, "2026-11-24T08:00:00Z".parse().unwrap()).unwrap();
            let secret = LeaseSecret::parse(&read(&keys).unwrap().unwrap()).unwrap();
            KeySet::verify(&roots, secret.key_set_text()).unwrap();
        }
    }

    #[test]
    fn an_existing_root_is_never_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(make(folder.path()), Err(Failure::File { .. })));
    }

    #[test]
    fn only_the_owner_reads_a_key_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token-keys.json");
        rotate(&path).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_rotated_ring_signs_with_the_new_key_and_verifies_with_the_old_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token-keys.json");
        rotate(&path).unwrap();
        let old: MacRing = parse(&read(&path).unwrap().unwrap()).unwrap();
        rotate(&path).unwrap();
        let new: MacRing = parse(&read(&path).unwrap().unwrap()).unwrap();
        assert_eq!((old.current(), new.current()), (1, 2));
        assert!(new.verify(1, "test", &[b"a"], &old.sign(1, "test", &[b"a"]).unwrap()));
    }
}
