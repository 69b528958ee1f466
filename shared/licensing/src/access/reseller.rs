//! Which resellers may manage an account.

use jiff::Timestamp;

use crate::account::{AccountReseller, Business, ResellerAccess};
use crate::id::BusinessNumber;
use crate::refusal::Refusal;

/// Most resellers with access to one account.
pub const RESELLERS_MAX: usize = 5;

/// Most resellers that wait for access; the one that has waited longest makes room, because nothing about resellers
/// may stop an unlock. Its next order asks again.
const WAITING_MAX: usize = 10;

/// What a decision leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResellerChange {
    /// The account's resellers from now on.
    pub resellers: Vec<AccountReseller>,
    /// What happened; `None` where at most a name has changed.
    pub event: Option<ResellerEvent>,
}

/// What happened to one reseller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ResellerEvent {
    /// It manages the account: its order made it.
    Granted(BusinessNumber),
    /// It asks for access by an order; the managers are told.
    Requested(BusinessNumber),
    /// A manager or vendor staff gave it access.
    Accepted(BusinessNumber),
    /// A manager took its access, or declined it.
    Removed(BusinessNumber),
}

/// An order of a reseller is unlocked into the account. The reseller of the order that makes the account gets access;
/// another one asks for it. The name follows the latest order.
pub fn order_came_through(
    resellers: &[AccountReseller],
    reseller: &Business,
    makes_account: bool,
    now: Timestamp,
) -> ResellerChange {
    let mut resellers = resellers.to_vec();
    if let Some(known) = resellers.iter_mut().find(|known| known.business.number == reseller.number) {
        known.business.name.clone_from(&reseller.name);
        return ResellerChange { resellers, event: None };
    }
    let number = reseller.number.clone();
    let (access, event) = if makes_account {
        (ResellerAccess::Granted, ResellerEvent::Granted(number))
    } else {
        make_room(&mut resellers);
        (ResellerAccess::Requested, ResellerEvent::Requested(number))
    };
    resellers.push(AccountReseller { business: reseller.clone(), access, since: now });
    ResellerChange { resellers, event: Some(event) }
}

/// Gives access to a reseller that asked for it.
///
/// Refused: [`Refusal::ResellerNotFound`], [`Refusal::ResellerHasAccess`], [`Refusal::TooManyResellers`].
pub fn accept_reseller(
    resellers: &[AccountReseller],
    number: &BusinessNumber,
    now: Timestamp,
) -> Result<ResellerChange, Refusal> {
    let mut resellers = resellers.to_vec();
    let with_access = resellers.iter().filter(|reseller| reseller.access == ResellerAccess::Granted).count();
    let asking = resellers.iter_mut().find(|reseller| reseller.business.number == *number);
    let asking = asking.ok_or(Refusal::ResellerNotFound)?;
    if asking.access == ResellerAccess::Granted {
        return Err(Refusal::ResellerHasAccess);
    }
    if with_access >= RESELLERS_MAX {
        return Err(Refusal::TooManyResellers(RESELLERS_MAX));
    }
    asking.access = ResellerAccess::Granted;
    asking.since = now;
    Ok(ResellerChange { resellers, event: Some(ResellerEvent::Accepted(number.clone())) })
}

/// Takes the access of a reseller, or declines what it asked for. Its next order asks anew.
///
/// Refused: [`Refusal::ResellerNotFound`].
pub fn remove_reseller(resellers: &[AccountReseller], number: &BusinessNumber) -> Result<ResellerChange, Refusal> {
    let rest: Vec<_> = resellers.iter().filter(|reseller| reseller.business.number != *number).cloned().collect();
    if rest.len() == resellers.len() {
        return Err(Refusal::ResellerNotFound);
    }
    Ok(ResellerChange { resellers: rest, event: Some(ResellerEvent::Removed(number.clone())) })
}

/// Staff gives an account of one reseller to another, which may have asked for it. One step, so that somebody manages
/// it at any time and the limit of resellers is kept.
///
/// Refused: [`Refusal::ResellerNotFound`] where the first has no access, [`Refusal::ResellerHasAccess`] where the other
/// one has it already.
pub fn move_reseller(
    resellers: &[AccountReseller],
    from: &BusinessNumber,
    to: &Business,
    now: Timestamp,
) -> Result<Vec<AccountReseller>, Refusal> {
    let manages = |number: &BusinessNumber| {
        let mut granted = resellers.iter().filter(|known| known.access == ResellerAccess::Granted);
        granted.any(|known| known.business.number == *number)
    };
    if !manages(from) {
        return Err(Refusal::ResellerNotFound);
    }
    if manages(&to.number) {
        return Err(Refusal::ResellerHasAccess);
    }
    let moved = AccountReseller { business: to.clone(), access: ResellerAccess::Granted, since: now };
    let rest = resellers.iter().filter(|known| known.business.number != to.number);
    Ok(rest.map(|known| if known.business.number == *from { moved.clone() } else { known.clone() }).collect())
}

fn make_room(resellers: &mut Vec<AccountReseller>) {
    let waiting = |reseller: &AccountReseller| reseller.access == ResellerAccess::Requested;
    if resellers.iter().filter(|reseller| waiting(reseller)).count() >= WAITING_MAX
        && let Some(oldest) = resellers.iter().position(waiting)
    {
        resellers.remove(oldest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Label;

    fn now() -> Timestamp {
        "2026-11-24T08:00:00Z".parse().unwrap()
    }

    fn business(number: usize) -> Business {
        let name = Label::parse(&format!("Reseller {number}")).unwrap();
        Business { number: BusinessNumber::parse(&format!("R{number}")).unwrap(), name }
    }

    fn first() -> Vec<AccountReseller> {
        order_came_through(&[], &business(1), true, now()).resellers
    }

    #[test]
    fn the_reseller_of_the_first_order_manages_and_another_one_asks() {
        assert_eq!(first()[0].access, ResellerAccess::Granted);
        let second = order_came_through(&first(), &business(2), false, now());
        assert_eq!(second.resellers[1].access, ResellerAccess::Requested);
        assert_eq!(second.event, Some(ResellerEvent::Requested(business(2).number)));
        let renamed = Business { name: Label::parse("New name").unwrap(), ..business(1) };
        let again = order_came_through(&first(), &renamed, false, now());
        assert_eq!((again.event, again.resellers[0].access), (None, ResellerAccess::Granted));
        assert_eq!(again.resellers[0].business.name, renamed.name);
    }

    #[test]
    fn a_reseller_that_asked_is_accepted_once() {
        let asked = order_came_through(&first(), &business(2), false, now()).resellers;
        let accepted = accept_reseller(&asked, &business(2).number, now()).unwrap();
        assert_eq!(accepted.event, Some(ResellerEvent::Accepted(business(2).number)));
        let again = accept_reseller(&accepted.resellers, &business(2).number, now());
        assert_eq!(again, Err(Refusal::ResellerHasAccess));
        assert_eq!(accept_reseller(&asked, &business(3).number, now()), Err(Refusal::ResellerNotFound));
    }

    #[test]
    fn five_resellers_have_access_at_most() {
        let mut resellers = first();
        for number in 2..=6 {
            resellers = order_came_through(&resellers, &business(number), false, now()).resellers;
            let accepted = accept_reseller(&resellers, &business(number).number, now());
            if number <= RESELLERS_MAX {
                resellers = accepted.unwrap().resellers;
            } else {
                assert_eq!(accepted, Err(Refusal::TooManyResellers(RESELLERS_MAX)));
            }
        }
        resellers = remove_reseller(&resellers, &business(1).number).unwrap().resellers;
        assert!(accept_reseller(&resellers, &business(6).number, now()).is_ok());
    }

    #[test]
    fn a_removed_reseller_asks_anew_by_its_next_order() {
        let removed = remove_reseller(&first(), &business(1).number).unwrap();
        assert_eq!(removed.event, Some(ResellerEvent::Removed(business(1).number)));
        assert_eq!(remove_reseller(&removed.resellers, &business(1).number), Err(Refusal::ResellerNotFound));
        let next = order_came_through(&removed.resellers, &business(1), false, now());
        assert_eq!(next.resellers[0].access, ResellerAccess::Requested);
    }

    #[test]
    fn an_account_moves_from_one_reseller_to_another_and_back() {
        let asked = order_came_through(&first(), &business(2), false, now()).resellers;
        let moved = move_reseller(&asked, &business(1).number, &business(2), now()).unwrap();
        assert_eq!(moved, [AccountReseller { business: business(2), access: ResellerAccess::Granted, since: now() }]);
        let other_way = move_reseller(&asked, &business(2).number, &business(1), now());
        assert_eq!(other_way, Err(Refusal::ResellerNotFound), "it only asks");
        let onto_itself = move_reseller(&moved, &business(2).number, &business(2), now());
        assert_eq!(onto_itself, Err(Refusal::ResellerHasAccess));
        assert_eq!(move_reseller(&moved, &business(2).number, &business(1), now()).unwrap(), first());
    }

    #[test]
    fn the_longest_waiting_reseller_makes_room() {
        let all =
            (2..=12).fold(first(), |list, number| order_came_through(&list, &business(number), false, now()).resellers);
        assert_eq!(all.len(), 1 + WAITING_MAX);
        assert!(all.iter().all(|reseller| reseller.business != business(2)));
        assert_eq!(all[0].business, business(1));
    }
}
