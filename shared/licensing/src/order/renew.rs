//! A renewal: new terms, care and quantities for licences that exist.
//!
//! Of two renewals of a licence the one that starts later counts; what comes with an earlier start than the one applied
//! is refused as older. Terms of one licence never add: until the earlier one ends the larger counts, so that more is
//! there from its start, and less only when the old term has ended.

use super::change::{Done, Found, RenewalLine, Work};
use super::receive::LINE_CAPACITY_MAX;
use crate::grant::{Care, Grant, LicenseType, Renewal, Term};
use crate::id::OrderNumber;

const OLDER: &str = "older_than_applied";

/// A line has a fault, and it was told.
struct Faulty;

impl Work<'_> {
    /// Renews what the lines name, or says of every line why not.
    pub(super) fn renew(&mut self, lines: &[RenewalLine], order: &OrderNumber) {
        for (index, line) in lines.iter().enumerate() {
            let pointer = format!("/lines/{index}");
            let found = self.find(&line.license_code, &format!("{pointer}/licenseCode"));
            let Some(found) = found else { continue };
            let term = self.new_term(&found.grant, line, &pointer);
            let care = self.new_care(&found.grant, line.care, &pointer);
            if let (Ok(term), Ok(care)) = (term, care) {
                self.renewed(found, term, care, order);
            }
        }
    }

    fn renewed(&mut self, found: Found, term: Option<Term>, care: Option<Care>, order: &OrderNumber) {
        let policy = self.policy();
        let renewal = Renewal { order: order.clone(), at: self.now, term, care };
        let after = found.grant.renewed(renewal, policy, self.now);
        self.put(found, after, Done::Renewed { term, care });
    }

    /// The new term of a line, where it has one.
    fn new_term(&mut self, grant: &Grant, line: &RenewalLine, pointer: &str) -> Result<Option<Term>, Faulty> {
        let Some(start) = line.start else { return Ok(None) };
        let last = *grant.last_term().ok_or(Faulty)?;
        let fits = match grant.pool.license {
            LicenseType::Subscription => self.fits_subscription(line, pointer),
            LicenseType::Perpetual => self.fits_perpetual(line, pointer),
        };
        let capacity = match line.quantity {
            None => Some(last.capacity),
            Some(quantity) => grant.piece.checked_mul(quantity).filter(|capacity| *capacity <= LINE_CAPACITY_MAX),
        };
        let Some(capacity) = capacity else {
            let detail = format!("Quantity times capacity must be at most {LINE_CAPACITY_MAX}.");
            self.fault(format!("{pointer}/quantity"), "quantity_too_large", detail);
            return Err(Faulty);
        };
        if grant.pool.license == LicenseType::Perpetual && fits && capacity <= last.capacity {
            let detail = "A perpetual licence can grow, not shrink: send more pieces than before.";
            self.fault(format!("{pointer}/quantity"), "not_more_than_before", detail);
            return Err(Faulty);
        }
        if start < last.start {
            let detail = format!("The term that is known begins on {}, so this renewal is older.", last.start);
            self.fault(format!("{pointer}/start"), OLDER, detail);
            return Err(Faulty);
        }
        if fits { Ok(Some(Term { capacity, start, term: line.term })) } else { Err(Faulty) }
    }

    fn fits_subscription(&mut self, line: &RenewalLine, pointer: &str) -> bool {
        if line.term.is_none() {
            self.fault(format!("{pointer}/term"), "missing", "A subscription needs the last day of its new term.");
        }
        line.term.is_some()
    }

    fn fits_perpetual(&mut self, line: &RenewalLine, pointer: &str) -> bool {
        if line.term.is_some() {
            let detail = "A perpetual licence has no term. Leave it out, and renew its care.";
            self.fault(format!("{pointer}/term"), "unexpected_term", detail);
        } else if line.quantity.is_none() {
            let detail = "A perpetual licence holds without end: a new start needs more pieces.";
            self.fault(format!("{pointer}/start"), "unexpected_start", detail);
        }
        line.term.is_none() && line.quantity.is_some()
    }

    /// The new care of a line, where it has one.
    fn new_care(&mut self, grant: &Grant, care: Option<Care>, pointer: &str) -> Result<Option<Care>, Faulty> {
        let (Some(new), Some(last)) = (care, grant.care.last()) else { return Ok(care) };
        if new.start < last.start {
            let detail = format!("The care that is known begins on {}, so this renewal is older.", last.start);
            self.fault(format!("{pointer}/care/start"), OLDER, detail);
            return Err(Faulty);
        }
        Ok(Some(new))
    }
}
