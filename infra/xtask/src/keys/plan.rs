//! Which signing keys the service has, and from when each is meant to sign.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use lease::keyset::PreparedKey;
use lease::secret::LeaseSecretJson;
use lease::{KeySet, MacRing, Root, SigningKey};

use super::base64url;
use crate::failure::Failure;

/// How long a key is meant to sign.
const MONTHS_PER_KEY: i32 = 6;
/// How far ahead keys are prepared, so that clients know them long before they sign.
const MONTHS_AHEAD: i32 = 24;

/// What is to change besides preparing the next keys.
pub struct Change {
    /// The key that signs from now on.
    pub current: Option<String>,
    /// The key that leaves the set.
    pub drop: Option<String>,
}

/// The lease keys with every key of two years ahead, in a set of the next serial that `root` signed.
///
/// Keys stay in the set until they are dropped by name: a client keeps a lease for weeks after its key was replaced.
pub fn extended(
    before: Option<LeaseSecretJson>,
    change: &Change,
    root: &Root,
    now: Timestamp,
    random: impl Fn() -> Result<[u8; 32], Failure>,
) -> Result<(LeaseSecretJson, KeySet), Failure> {
    let (mut secret, mut set) = match before {
        Some(secret) => {
            let set = KeySet::read_own(&secret.key_set).map_err(Failure::key)?;
            (secret, set)
        }
        None => begun(&random, now)?,
    };
    apply(change, &mut secret, &mut set)?;
    for from in missing(&set, now) {
        let seed = random()?;
        let key = prepared(&seed, from)?;
        secret.signing.insert(key.kid.clone(), base64url(&seed));
        set.keys.push(key);
    }
    if secret.current.is_empty() {
        secret.current = set.keys[0].kid.clone();
    }
    set.serial += 1;
    set.issued_at = now;
    secret.key_set = root.sign(&set);
    Ok((secret, set))
}

/// Nothing yet but the ring of lease ids.
fn begun(
    random: &impl Fn() -> Result<[u8; 32], Failure>,
    now: Timestamp,
) -> Result<(LeaseSecretJson, KeySet), Failure> {
    let secret = LeaseSecretJson {
        current: String::new(),
        signing: BTreeMap::new(),
        lease_id: MacRing::single(1, random()?),
        key_set: String::new(),
    };
    Ok((secret, KeySet { serial: 0, issued_at: now, keys: Vec::new() }))
}

fn apply(change: &Change, secret: &mut LeaseSecretJson, set: &mut KeySet) -> Result<(), Failure> {
    if let Some(kid) = &change.current {
        if set.key(kid).is_none() || !secret.signing.contains_key(kid) {
            return Err(Failure::Input(format!("{kid} is no key of the set: sign without --current first")));
        }
        secret.current.clone_from(kid);
    }
    if let Some(kid) = &change.drop {
        if secret.current == *kid {
            return Err(Failure::Input(format!("{kid} signs now: choose another one with --current")));
        }
        if set.key(kid).is_none() {
            return Err(Failure::Input(format!("{kid} is no key of the set")));
        }
        set.keys.retain(|key| key.kid != *kid);
        secret.signing.remove(kid);
    }
    Ok(())
}

/// The days from which further keys are needed, so that the last one begins at least two years ahead.
fn missing(set: &KeySet, now: Timestamp) -> Vec<Date> {
    let today = day(now).first_of_month();
    let end = later(today, MONTHS_AHEAD);
    // After years without a signature the next key begins now, not in the past.
    let last = set.keys.last().map(|key| later(day(key.not_before), MONTHS_PER_KEY));
    let first = last.map_or(today, |next| next.max(today));
    std::iter::successors(Some(first), |from| Some(later(*from, MONTHS_PER_KEY)))
        .take_while(|from| *from <= end)
        .collect()
}

fn prepared(seed: &[u8; 32], from: Date) -> Result<PreparedKey, Failure> {
    let public = SigningKey::from_seed("new", seed).map_err(Failure::key)?.public();
    // The month tells people which key it is; the key's beginning keeps names of a replaced key apart.
    let kid = format!("{}-{:02}-{}", from.year(), from.month(), &public.to_string()[..6]);
    let not_before = from.to_zoned_datetime(TimeZone::UTC).map_err(Failure::key)?.timestamp();
    Ok(PreparedKey { kid, x: public, not_before })
}

fn day(instant: Timestamp) -> Date {
    instant.to_zoned_datetime(TimeZone::UTC).date()
}

fn later(day: Date, months: i32) -> Date {
    day.saturating_add(months.months())
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use lease::LeaseSecret;

    use super::*;

    const NO_CHANGE: Change = Change { current: None, drop: None };

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn step(before: Option<LeaseSecretJson>, change: &Change, now: &str) -> Result<(LeaseSecretJson, KeySet), Failure> {
        thread_local! { static NEXT: Cell<u8> = const { Cell::new(1) } }
        let random = || {
            NEXT.set(NEXT.get() + 1);
            Ok([NEXT.get(); 32])
        };
        extended(before, change, &Root::from_seed(&[255; 32]).unwrap(), at(now), random)
    }

    #[test]
    fn a_new_set_reaches_two_years_ahead_and_its_first_key_signs() {
        let (secret, set) = step(None, &NO_CHANGE, "2026-11-24T08:00:00Z").unwrap();
        let begins: Vec<String> = set.keys.iter().map(|key| day(key.not_before).to_string()).collect();
        assert_eq!(begins, ["2026-11-01", "2027-05-01", "2027-11-01", "2028-05-01", "2028-11-01"]);
        assert_eq!((set.serial, &secret.current), (1, &set.keys[0].kid));
        LeaseSecret::parse(&serde_json::to_string(&secret).unwrap()).unwrap();
    }

    #[test]
    fn signing_again_keeps_all_keys_adds_what_is_missing_and_raises_the_serial() {
        let (secret, first) = step(None, &NO_CHANGE, "2026-11-24T08:00:00Z").unwrap();
        let current = secret.current.clone();
        let (secret, second) = step(Some(secret), &NO_CHANGE, "2027-06-01T08:00:00Z").unwrap();
        assert_eq!(second.keys[..5], first.keys[..]);
        assert_eq!((second.serial, second.keys.len()), (2, 6));
        assert_eq!(secret.current, current);
    }

    /// `LastKeyAlarm` of the template goes off below 183 days.
    #[test]
    fn a_set_that_nobody_extends_is_told_after_a_year_and_a_half_and_signing_again_ends_that() {
        let (secret, set) = step(None, &NO_CHANGE, "2026-11-24T08:00:00Z").unwrap();
        let days = |set: &KeySet, now| set.days_to_last(at(now));
        assert_eq!(days(&set, "2026-11-24T08:00:00Z"), 707);
        assert_eq!([days(&set, "2028-05-01T08:00:00Z"), days(&set, "2028-05-03T08:00:00Z")], [183, 181]);
        assert_eq!(days(&set, "2028-11-01T08:00:00Z"), -1, "it has begun");
        let (_, set) = step(Some(secret), &NO_CHANGE, "2028-05-03T08:00:00Z").unwrap();
        assert_eq!(days(&set, "2028-05-03T08:00:00Z"), 727);
    }

    #[test]
    fn a_rotation_signs_with_the_next_key_and_a_dropped_key_is_gone() {
        let (secret, set) = step(None, &NO_CHANGE, "2026-11-24T08:00:00Z").unwrap();
        let [old, new] = [0, 1].map(|index: usize| set.keys[index].kid.clone());
        let change = Change { current: Some(new.clone()), drop: Some(old.clone()) };
        let (secret, set) = step(Some(secret), &change, "2026-11-25T08:00:00Z").unwrap();
        assert_eq!(secret.current, new);
        assert!(set.key(&old).is_none() && !secret.signing.contains_key(&old));
        LeaseSecret::parse(&serde_json::to_string(&secret).unwrap()).unwrap();
    }

    #[test]
    fn the_key_that_signs_cannot_be_dropped_and_an_unknown_one_cannot_sign() {
        let (secret, set) = step(None, &NO_CHANGE, "2026-11-24T08:00:00Z").unwrap();
        let drop = Change { current: None, drop: Some(set.keys[0].kid.clone()) };
        assert!(matches!(step(Some(secret), &drop, "2026-11-25T08:00:00Z"), Err(Failure::Input(_))));
        let unknown = Change { current: Some("2099-01".to_owned()), drop: None };
        assert!(matches!(step(None, &unknown, "2026-11-25T08:00:00Z"), Err(Failure::Input(_))));
    }
}
