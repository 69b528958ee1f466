//! Marks of the machine that an installation runs on. The service only ever sees them hashed; it compares them to
//! tell a restored backup from a second installation.

use std::fs;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use lease::request::CheckInRequest;
use sha2::{Digest as _, Sha256};

const PURPOSE: &str = "appsuite-trait/1";
/// 12 bytes are 16 characters, the longest trait that the service takes.
const HASH_LEN: usize = 12;

/// Where the marks come from.
#[derive(Debug, Clone)]
pub enum Marks {
    /// The files that Linux keeps about the machine, below this folder (`/` on a real one). Elsewhere, and where none
    /// is readable, there are no marks.
    Linux(PathBuf),
    /// Fixed kinds and values, for tests.
    Fixed(Vec<(&'static str, String)>),
}

impl Marks {
    /// Those of this machine.
    pub fn of_this_machine() -> Self {
        Self::Linux(PathBuf::from("/"))
    }

    /// The marks, each hashed with its kind and the server's id, so that hashes of two servers can't be compared.
    pub fn hashed(&self, server: &str) -> Vec<String> {
        let marks = match self {
            Self::Linux(root) => linux(root),
            Self::Fixed(marks) => marks.clone(),
        };
        let hashes = marks.iter().map(|(kind, value)| hash(server, kind, value));
        hashes.take(CheckInRequest::TRAITS_MAX).collect()
    }
}

fn hash(server: &str, kind: &str, value: &str) -> String {
    let text = [PURPOSE, server, kind, value].join("\n");
    URL_SAFE_NO_PAD.encode(&Sha256::digest(text)[..HASH_LEN])
}

fn linux(root: &Path) -> Vec<(&'static str, String)> {
    let files = [("machine", "etc/machine-id"), ("host", "etc/hostname"), ("board", "sys/class/dmi/id/product_uuid")];
    let single = files.into_iter().filter_map(|(kind, path)| Some((kind, line(&root.join(path))?)));
    let cards = network_cards(root).into_iter().map(|address| ("network", address));
    single.chain(cards).collect()
}

/// Addresses of the network cards that have a device: those of bridges and containers change with every start.
fn network_cards(root: &Path) -> Vec<String> {
    let Ok(cards) = fs::read_dir(root.join("sys/class/net")) else { return Vec::new() };
    let cards = cards.flatten().map(|card| card.path()).filter(|card| card.join("device").exists());
    let mut addresses: Vec<_> = cards.filter_map(|card| line(&card.join("address"))).collect();
    addresses.retain(|address| address != "00:00:00:00:00:00");
    addresses.sort_unstable();
    addresses.dedup();
    addresses
}

fn line(path: &Path) -> Option<String> {
    let text = fs::read_to_string(path).ok()?;
    let line = text.trim();
    (!line.is_empty()).then(|| line.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn machine() -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for (path, text) in [
            ("etc/machine-id", "0123456789abcdef\n"),
            ("etc/hostname", "pbx\n"),
            ("sys/class/net/eth0/address", "02:00:00:00:00:02\n"),
            ("sys/class/net/eth0/device/vendor", "x"),
            ("sys/class/net/docker0/address", "02:00:00:00:00:09\n"),
            ("sys/class/net/lo/address", "00:00:00:00:00:00\n"),
        ] {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        root
    }

    #[test]
    fn a_machine_is_marked_by_what_stays() {
        let root = machine();
        let marks = linux(root.path());
        let kinds: Vec<_> = marks.iter().map(|(kind, _)| *kind).collect();
        assert_eq!(kinds, ["machine", "host", "network"]);
        assert_eq!(marks[2].1, "02:00:00:00:00:02");
        assert_eq!(linux(Path::new("/nowhere")), []);
    }

    #[test]
    fn a_hash_depends_on_server_kind_and_value_and_fits_the_wire() {
        let hash_of = |server, kind, value: &str| Marks::Fixed(vec![(kind, value.to_owned())]).hashed(server).remove(0);
        let first = hash_of("b000121893", "host", "pbx");
        assert_eq!(first.len(), 16);
        assert_eq!(first, hash_of("b000121893", "host", "pbx"));
        for other in [
            hash_of("b000121894", "host", "pbx"),
            hash_of("b000121893", "machine", "pbx"),
            hash_of("b000121893", "host", "pbx2"),
        ] {
            assert_ne!(first, other);
        }
    }

    #[test]
    fn a_machine_with_many_cards_sends_no_more_than_the_service_takes() {
        let marks = Marks::Fixed((0..20).map(|card| ("network", card.to_string())).collect());
        assert_eq!(marks.hashed("b000121893").len(), CheckInRequest::TRAITS_MAX);
    }
}
