//! The pages behind an unlock link, as plain data in and HTML out. They work without script, and nothing on them
//! submits itself: whatever has an effect is a form with a button of its own name and value.

mod layout;
mod locked;
mod message;
mod notice;
mod order;
mod subscription;
mod unlocked;

use brand::Brand;
use licensing::text::Language;

pub use locked::LockedPage;
pub use message::{FaultPage, SupersededPage, UnknownPage};
pub use notice::Notice;
pub use order::{LineView, OrderView};
pub use subscription::{SubscriptionPage, UnknownSubscriptionPage};
pub use unlocked::{Confirm, ConfirmPage, ForwardArea, ForwardView, UnlockedPage, Window};

/// Names and values of form fields; the handlers read what the pages write.
pub mod form {
    /// The field that the pressed button fills; its value is one of the next five.
    pub const PRESSED: &str = "press";
    /// Unlock the order.
    pub const UNLOCK: &str = "unlock";
    /// Forward the order.
    pub const FORWARD: &str = "forward";
    /// Take a forward back.
    pub const WITHDRAW: &str = "withdraw";
    /// End a kind of mail.
    pub const UNSUBSCRIBE: &str = "unsubscribe";
    /// Take it up again.
    pub const SUBSCRIBE: &str = "subscribe";
    /// The page's nonce.
    pub const NONCE: &str = "nonce";
    /// The box of the confirmation pages; filled with [`YES`] when it is ticked.
    pub const CONFIRMED: &str = "confirmed";
    /// The value of a ticked box.
    pub const YES: &str = "yes";
    /// There, and [`YES`], where a script submitted the form; the page's own script fills it.
    pub const SCRIPTED: &str = "scripted";
    /// The address to forward to.
    pub const ADDRESS: &str = "address";
    /// Which forward to take back.
    pub const FORWARD_ID: &str = "id";
}

/// A page and the policy that it needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The document.
    pub html: String,
    /// The value of `Content-Security-Policy`: script and styles by hash, forms to this origin only.
    pub csp: String,
}

/// Who looks like what, and in which language: what every page needs.
#[derive(Debug, Clone, Copy)]
pub struct Look<'a> {
    /// The vendor.
    pub brand: &'a Brand,
    /// The reader's language.
    pub language: Language,
}

#[cfg(test)]
mod tests;
