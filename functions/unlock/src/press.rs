//! Whether a person pressed the button. Scanners of mail systems open links, run scripts and submit forms; they must
//! not unlock an order.

use std::collections::HashMap;

use http_api::Call;
use lease::{LinkFields, MacRing, Nonce, NonceFault, NoncePurpose};

use crate::opened::Opened;
use crate::page::form;

/// The button of a form: its own value, and the nonces of the page and of its confirmation.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Button {
    pub(crate) value: &'static str,
    pub(crate) page: NoncePurpose,
    pub(crate) confirmation: NoncePurpose,
}

/// UNLOCK NOW.
pub(crate) const UNLOCK: Button =
    Button { value: form::UNLOCK, page: NoncePurpose::Unlock, confirmation: NoncePurpose::ConfirmUnlock };
/// FORWARD.
pub(crate) const FORWARD: Button =
    Button { value: form::FORWARD, page: NoncePurpose::Forward, confirmation: NoncePurpose::ConfirmForward };
/// WITHDRAW.
pub(crate) const WITHDRAW: Button =
    Button { value: form::WITHDRAW, page: NoncePurpose::Withdraw, confirmation: NoncePurpose::ConfirmWithdraw };

/// UNSUBSCRIBE.
pub(crate) const UNSUBSCRIBE: Button = Button {
    value: form::UNSUBSCRIBE,
    page: NoncePurpose::Unsubscribe,
    confirmation: NoncePurpose::ConfirmUnsubscribe,
};
/// SUBSCRIBE AGAIN.
pub(crate) const SUBSCRIBE: Button =
    Button { value: form::SUBSCRIBE, page: NoncePurpose::Subscribe, confirmation: NoncePurpose::ConfirmSubscribe };

/// What a submitted form amounts to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Press {
    /// A person pressed the button.
    Counts,
    /// Show the page with the box to tick.
    Confirm,
    /// The page with the box came without its tick: show it again.
    NotTicked,
    /// The page was open too long: show it again.
    Expired,
    /// The form was submitted without its button, or is not one of ours: show the page.
    NotPressed,
}

/// The fields of a submitted form. What is no form was not sent by a button of ours: it counts as a form without one,
/// and whoever sent it sees the page.
pub(crate) fn fields(call: &Call) -> HashMap<String, String> {
    call.form().unwrap_or_default()
}

impl Button {
    /// Judges a form. The confirmation counts by what it carries alone; its headers say nothing, because browsers that
    /// need it don't send them.
    pub(crate) fn judge(self, call: &Call, opened: &Opened<'_>, fields: &HashMap<String, String>) -> Press {
        self.judge_form(call, (opened.ring, &opened.link), fields)
    }

    /// The same for a page of another link.
    pub(crate) fn judge_form(
        self,
        call: &Call,
        (ring, link): (&MacRing, &impl LinkFields),
        fields: &HashMap<String, String>,
    ) -> Press {
        let field = |name: &str| fields.get(name).map_or("", String::as_str);
        if field(form::PRESSED) != self.value {
            return Press::NotPressed;
        }
        let nonce = field(form::NONCE);
        let verify = |purpose| Nonce::verify(ring, purpose, link, nonce, call.now, Nonce::MAX_AGE);
        match (verify(self.confirmation), verify(self.page)) {
            (Ok(()), _) if field(form::CONFIRMED) == form::YES => Press::Counts,
            (Ok(()), _) => Press::NotTicked,
            // A tool that runs a script in a page can make the browser send the header as well.
            (_, Ok(())) if told_of_a_person(call) && field(form::SCRIPTED).is_empty() => Press::Counts,
            (_, Ok(())) => Press::Confirm,
            (Err(NonceFault::Expired), _) | (_, Err(NonceFault::Expired)) => Press::Expired,
            _ => Press::NotPressed,
        }
    }
}

/// Whether the browser says that a person did something to the page.
fn told_of_a_person(call: &Call) -> bool {
    call.header("sec-fetch-user") == Some("?1")
}

/// A nonce of a page that is shown now.
pub(crate) fn nonce(call: &Call, opened: &Opened<'_>, purpose: NoncePurpose) -> String {
    Nonce::sign(opened.ring, purpose, &opened.link, call.now)
}
