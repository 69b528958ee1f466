//! What happens to a licence after its purchase: it is renewed, or it is cancelled.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Care, Grant, Term, day_begins, day_ended, grace_ended, utc_day};
use crate::account::Policy;
use crate::id::OrderNumber;
use crate::text::Label;

/// One renewal of a licence: a new term, new care, or both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Renewal {
    /// The ERP's number of the order that brought it.
    pub order: OrderNumber,
    /// When that order came.
    pub at: Timestamp,
    /// The new term, where there is one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub term: Option<Term>,
    /// The new care, where there is one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub care: Option<Care>,
}

/// The end of a licence before its time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Cancellation {
    /// The ERP's number of the order that brought it; `None` where vendor staff did it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub order: Option<OrderNumber>,
    /// Why, where somebody said so; members read it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reason: Option<Label>,
    /// When it was cancelled.
    pub at: Timestamp,
    /// The last day in force; the term grace follows. `None` where the licence never was in force.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub last_day: Option<Date>,
}

impl Grant {
    /// The grant with one renewal more. A term succeeds the one before it by its own start: see
    /// [`crate::pool::MergedGrant`]. What is over for good makes room, so that decades of renewals stay small; the
    /// renewals themselves stay to be shown.
    #[must_use]
    pub fn renewed(&self, renewal: Renewal, policy: Policy, now: Timestamp) -> Self {
        let mut renewed = self.clone();
        if let Some(term) = renewal.term {
            renewed.terms.retain(|term| !is_over_for_good(term, policy, now));
            renewed.terms.push(term);
        }
        if let Some(care) = renewal.care {
            renewed.care.retain(|care| day_ended(care.term) > now);
            renewed.care.push(care);
        }
        renewed.renewals.push(renewal);
        renewed
    }

    /// The grant as it is once it is cancelled: what is in force ends with today, what has not begun never begins, and
    /// what has ended stays as it was. A perpetual licence gets an end as any. Care ends with what it is for.
    ///
    /// Capacity that an offline server holds can't be taken at a distance: it is for whoever dates that server's
    /// segments to count it as spent until its return string comes.
    #[must_use]
    pub fn ended_by(&self, cancellation: Cancellation) -> Self {
        let mut ended = self.clone();
        for term in &mut ended.terms {
            *term = cut(*term, cancellation.at);
        }
        let held = ended.terms.iter().filter(|term| term.holds_at_all());
        let last_day = held.filter_map(|term| term.term).max();
        ended.cancelled = Some(Cancellation { last_day, ..cancellation });
        ended
    }

    /// The term that a renewal succeeds: the one that starts last.
    pub fn last_term(&self) -> Option<&Term> {
        self.terms.last()
    }
}

impl Term {
    /// Whether it holds on any day: one that was cancelled before its start ends before it.
    pub fn holds_at_all(&self) -> bool {
        self.term.is_none_or(|last_day| self.start <= last_day)
    }
}

/// Whether neither the term nor its grace is to be seen any more.
fn is_over_for_good(term: &Term, policy: Policy, now: Timestamp) -> bool {
    term.term.is_some_and(|last_day| grace_ended(last_day, policy) <= now)
}

/// A term that ends now at the latest. A day that has begun somewhere on Earth is given whole.
fn cut(term: Term, now: Timestamp) -> Term {
    let today = utc_day(now);
    let end = if day_begins(term.start) <= now {
        Some(today.max(term.start))
    } else {
        // The calendar's first day has no day before it, but it has begun.
        term.start.yesterday().ok()
    };
    Term { term: term.term.into_iter().chain(end).min(), ..term }
}
