//! Faults that tests let the mail endpoint have.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// What goes wrong with a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// The service is down: nothing is taken.
    Down,
    /// Too many mails a second: nothing is taken.
    Throttled,
    /// The mail is refused for good.
    Rejected,
    /// The mail is taken, but the answer is lost: the sender can't know.
    FailAfterAccept,
    /// The mail is taken, and the answer comes late.
    Slow,
    /// The mail is taken, and the reader's mail server refuses it for good.
    Bounced,
    /// The mail is taken, and the reader's mailbox is full for now.
    MailboxFull,
    /// The mail is taken, and the reader reports it as unwanted.
    Complained,
}

/// A switch for faults; a clone is another handle on the same one.
#[derive(Debug, Clone, Default)]
pub struct Faults(Arc<Mutex<Plan>>);

#[derive(Debug, Default)]
struct Plan {
    always: Option<Fault>,
    next: Option<(u32, Fault)>,
    recipients: BTreeMap<String, Fault>,
}

impl Faults {
    /// Every mail has this fault until [`Self::clear`].
    pub fn always(&self, fault: Fault) {
        self.plan().always = Some(fault);
    }

    /// The next `count` calls have this fault.
    pub fn next(&self, count: u32, fault: Fault) {
        self.plan().next = Some((count, fault));
    }

    /// Every mail to this address has this fault until [`Self::clear`].
    pub fn recipient(&self, address: &str, fault: Fault) {
        self.plan().recipients.insert(address.to_ascii_lowercase(), fault);
    }

    /// No faults any more.
    pub fn clear(&self) {
        *self.plan() = Plan::default();
    }

    /// The fault of this call, if any.
    pub(crate) fn take(&self, recipients: &[String]) -> Option<Fault> {
        let mut plan = self.plan();
        if let Some((count, fault)) = plan.next.take().filter(|(count, _)| *count > 0) {
            plan.next = Some((count - 1, fault));
            return Some(fault);
        }
        let of_recipient = recipients.iter().find_map(|to| plan.recipients.get(&to.to_ascii_lowercase()).copied());
        of_recipient.or(plan.always)
    }

    fn plan(&self) -> std::sync::MutexGuard<'_, Plan> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_of_the_next_calls_end_by_themselves() {
        let faults = Faults::default();
        faults.next(2, Fault::Throttled);
        let taken: Vec<_> = (0..3).map(|_| faults.take(&[])).collect();
        assert_eq!(taken, [Some(Fault::Throttled), Some(Fault::Throttled), None]);
    }

    #[test]
    fn one_address_can_fail_alone() {
        let faults = Faults::default();
        faults.recipient("Bad@example.com", Fault::Rejected);
        assert_eq!(faults.take(&["good@example.com".into()]), None);
        assert_eq!(faults.take(&["good@example.com".into(), "bad@example.com".into()]), Some(Fault::Rejected));
        faults.clear();
        assert_eq!(faults.take(&["bad@example.com".into()]), None);
    }
}
