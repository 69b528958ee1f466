//! Nonces of the unlock page: a form counts only if it came from a page that this service showed for this order, for
//! this action, in the last 24 hours.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};

use crate::link::LinkFields;
use crate::ring::MacRing;

const MAC_LEN: usize = 18;
const LEN: usize = 9 + MAC_LEN;
/// Clocks of two machines of the service may differ by this much.
const SKEW_MAX: SignedDuration = SignedDuration::from_mins(5);

/// What a nonce was made for. The second nonce of an action stands on the page with the box to tick, which a browser
/// gets that doesn't say that a person pressed the button.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoncePurpose {
    /// The UNLOCK NOW button.
    Unlock,
    /// The box of UNLOCK NOW.
    ConfirmUnlock,
    /// The FORWARD button.
    Forward,
    /// The box of FORWARD.
    ConfirmForward,
    /// The WITHDRAW button.
    Withdraw,
    /// The box of WITHDRAW.
    ConfirmWithdraw,
    /// The button that ends a kind of mail.
    Unsubscribe,
    /// The box of that button.
    ConfirmUnsubscribe,
    /// The button that takes it up again.
    Subscribe,
    /// The box of that button.
    ConfirmSubscribe,
}

impl NoncePurpose {
    const fn label(self) -> &'static str {
        match self {
            Self::Unlock => "unlock-nonce/1",
            Self::ConfirmUnlock => "confirm-unlock-nonce/1",
            Self::Forward => "forward-nonce/1",
            Self::ConfirmForward => "confirm-forward-nonce/1",
            Self::Withdraw => "withdraw-nonce/1",
            Self::ConfirmWithdraw => "confirm-withdraw-nonce/1",
            Self::Unsubscribe => "unsubscribe-nonce/1",
            Self::ConfirmUnsubscribe => "confirm-unsubscribe-nonce/1",
            Self::Subscribe => "subscribe-nonce/1",
            Self::ConfirmSubscribe => "confirm-subscribe-nonce/1",
        }
    }
}

/// Why a nonce doesn't count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NonceFault {
    /// It was made for another order, link or action, or not by us.
    #[error("The form was not sent from this page. Press the button again.")]
    Forged,
    /// The page was shown too long ago.
    #[error("The page was open for more than a day. Press the button again.")]
    Expired,
}

/// Makes and checks the nonces; there is no state.
#[derive(Debug)]
pub struct Nonce;

impl Nonce {
    /// How long a page may stay open.
    pub const MAX_AGE: SignedDuration = SignedDuration::from_hours(24);

    /// The nonce of a page shown at `now`: 36 characters.
    pub fn sign(ring: &MacRing, purpose: NoncePurpose, link: &impl LinkFields, now: Timestamp) -> String {
        let (id, number) = link.fields();
        let key_id = ring.current();
        let shown = now.as_second().to_be_bytes();
        let mac: [u8; MAC_LEN] =
            ring.sign_current(purpose.label(), &[&id.to_bytes(), &number.to_be_bytes(), &shown, &[key_id]]);
        let mut bytes = [0; LEN];
        bytes[..8].copy_from_slice(&shown);
        bytes[8] = key_id;
        bytes[9..].copy_from_slice(&mac);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Whether a page for this action and link was shown at most `max_age` (see [`Self::MAX_AGE`]) before `now`.
    pub fn verify(
        ring: &MacRing,
        purpose: NoncePurpose,
        link: &impl LinkFields,
        text: &str,
        now: Timestamp,
        max_age: SignedDuration,
    ) -> Result<(), NonceFault> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| NonceFault::Forged)?;
        let bytes: [u8; LEN] = bytes.try_into().map_err(|_| NonceFault::Forged)?;
        let (shown, rest) = bytes.split_first_chunk::<8>().ok_or(NonceFault::Forged)?;
        let ([key_id], mac) = rest.split_first_chunk::<1>().ok_or(NonceFault::Forged)?;
        let (id, number) = link.fields();
        let fields: [&[u8]; 4] = [&id.to_bytes(), &number.to_be_bytes(), shown, &[*key_id]];
        if !ring.verify(*key_id, purpose.label(), &fields, mac) {
            return Err(NonceFault::Forged);
        }
        let shown = Timestamp::from_second(i64::from_be_bytes(*shown)).map_err(|_| NonceFault::Forged)?;
        let age = now.duration_since(shown);
        if (-SKEW_MAX..=max_age).contains(&age) { Ok(()) } else { Err(NonceFault::Expired) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::link::OrderLink;
    use proptest::prelude::*;
    use ulid::Ulid;

    const SHOWN: Timestamp = Timestamp::constant(1_800_000_000, 0);

    fn ring() -> MacRing {
        MacRing::single(3, [3; 32])
    }

    fn link() -> OrderLink {
        OrderLink { order: Ulid::from(7_u128), generation: 2 }
    }

    fn verify(purpose: NoncePurpose, link: OrderLink, text: &str, after: SignedDuration) -> Result<(), NonceFault> {
        Nonce::verify(&ring(), purpose, &link, text, SHOWN + after, Nonce::MAX_AGE)
    }

    #[test]
    fn a_nonce_holds_for_a_day() {
        let nonce = Nonce::sign(&ring(), NoncePurpose::Unlock, &link(), SHOWN);
        let check = |after| verify(NoncePurpose::Unlock, link(), &nonce, after);
        assert_eq!(check(SignedDuration::ZERO), Ok(()));
        assert_eq!(check(SignedDuration::from_hours(24)), Ok(()));
        assert_eq!(check(SignedDuration::from_secs(24 * 3600 + 1)), Err(NonceFault::Expired));
        assert_eq!(check(SignedDuration::from_mins(-5)), Ok(()));
        assert_eq!(check(SignedDuration::from_mins(-6)), Err(NonceFault::Expired));
    }

    #[test]
    fn a_nonce_of_another_action_order_or_generation_is_refused() {
        let nonce = Nonce::sign(&ring(), NoncePurpose::Unlock, &link(), SHOWN);
        for (purpose, link) in [
            (NoncePurpose::ConfirmUnlock, link()),
            (NoncePurpose::Forward, link()),
            (NoncePurpose::Unlock, OrderLink { generation: 3, ..link() }),
            (NoncePurpose::Unlock, OrderLink { order: Ulid::from(8_u128), ..link() }),
        ] {
            assert_eq!(verify(purpose, link, &nonce, SignedDuration::ZERO), Err(NonceFault::Forged), "{purpose:?}");
        }
    }

    proptest! {
        #[test]
        fn a_nonce_with_any_byte_changed_is_refused(at in 0..LEN, flip in 1..=255_u8) {
            let mut bytes = URL_SAFE_NO_PAD.decode(Nonce::sign(&ring(), NoncePurpose::Forward, &link(), SHOWN)).unwrap();
            bytes[at] ^= flip;
            let text = URL_SAFE_NO_PAD.encode(bytes);
            let result = verify(NoncePurpose::Forward, link(), &text, SignedDuration::ZERO);
            prop_assert_eq!(result, Err(NonceFault::Forged));
        }
    }
}
