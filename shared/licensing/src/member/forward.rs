//! Forwarding an unlocked order: how the holder of its link brings in the person who will manage the licences.

use jiff::{SignedDuration, Timestamp};

use super::roster::RosterChange;
use super::{Role, Roster, Why};
use crate::id::PersonId;
use crate::order::{Forward, ForwardState, Order};
use crate::refusal::Refusal;

/// Most forwards of one order that wait for the person or for an acceptance.
pub const FORWARDS_OPEN_MAX: usize = 3;

/// Most forwards of one order in all: each sends a mail to an address that a stranger chose.
pub const FORWARDS_MAX: usize = 10;

/// How long after the unlock an order can be forwarded.
const WINDOW: SignedDuration = SignedDuration::from_hours(30 * 24);

/// What a forward or its withdrawal leads to: both are stored in one transaction, each on condition of its version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForwardChange {
    /// The order.
    pub order: Order,
    /// The account's roster; without an event nothing happened, and neither is to be stored.
    pub roster: RosterChange,
}

/// Forwards an order to a person. While nobody has signed in to the account they are invited as manager, afterwards
/// they wait for a manager or vendor staff. Forwarding to somebody who waits already changes nothing.
///
/// Refused: [`Refusal::OrderLocked`], [`Refusal::ForwardWindowOver`], [`Refusal::AlreadyMember`],
/// [`Refusal::TooManyForwards`], [`Refusal::ForwardsUsedUp`], [`Refusal::TooManyMembers`],
/// [`Refusal::TooManyOpenRequests`].
pub fn forward(order: &Order, roster: &Roster, person: PersonId, now: Timestamp) -> Result<ForwardChange, Refusal> {
    let unlocked = order.unlocked.ok_or(Refusal::OrderLocked)?;
    if now.duration_since(unlocked.at) >= WINDOW {
        return Err(Refusal::ForwardWindowOver);
    }
    let waits = open_forwards(order, roster).any(|forward| forward.person == person);
    if waits || roster.request(person).is_some() {
        return Ok(ForwardChange { order: order.clone(), roster: roster.unchanged() });
    }
    if roster.member(person).is_some() {
        return Err(Refusal::AlreadyMember);
    }
    if open_forwards(order, roster).count() >= FORWARDS_OPEN_MAX {
        return Err(Refusal::TooManyForwards(FORWARDS_OPEN_MAX));
    }
    if order.forwards.len() >= FORWARDS_MAX {
        return Err(Refusal::ForwardsUsedUp(FORWARDS_MAX));
    }
    let (state, roster) = if roster.anybody_seen() {
        (ForwardState::Requested, roster.file_request(person, Role::Manager, Why::Forwarded, now)?)
    } else {
        (ForwardState::Invited, roster.invite(person, Role::Manager, Why::Forwarded, now)?)
    };
    let mut order = next(order);
    order.forwards.push(Forward { person, at: now, state });
    Ok(ForwardChange { order, roster })
}

/// Takes a forward back, as long as the person has neither signed in nor been accepted.
///
/// Refused: [`Refusal::ForwardNotOpen`].
pub fn withdraw(order: &Order, roster: &Roster, person: PersonId) -> Result<ForwardChange, Refusal> {
    let open = order.forwards.iter().position(|forward| forward.person == person && is_open(forward, roster));
    let index = open.ok_or(Refusal::ForwardNotOpen)?;
    let roster = match order.forwards[index].state {
        ForwardState::Requested => roster.withdraw_request(person)?,
        // The last manager may go here: nobody has signed in, so nobody is locked out.
        ForwardState::Invited | ForwardState::Withdrawn => RosterChange {
            roster: roster.without_member(person),
            event: Some(super::MemberEvent::Removed { person, role: Role::Manager }),
        },
    };
    let mut order = next(order);
    order.forwards[index].state = ForwardState::Withdrawn;
    Ok(ForwardChange { order, roster })
}

/// The forwards of an order that can still be withdrawn, oldest first.
pub fn open_forwards<'a>(order: &'a Order, roster: &'a Roster) -> impl Iterator<Item = &'a Forward> {
    order.forwards.iter().filter(|forward| is_open(forward, roster))
}

/// The same instant in both places tells that the one came from the other.
fn is_open(forward: &Forward, roster: &Roster) -> bool {
    match forward.state {
        ForwardState::Invited => {
            roster.member(forward.person).is_some_and(|member| !member.seen && member.since == forward.at)
        }
        ForwardState::Requested => roster.request(forward.person).is_some_and(|request| request.since == forward.at),
        ForwardState::Withdrawn => false,
    }
}

fn next(order: &Order) -> Order {
    Order { version: order.version + 1, ..order.clone() }
}

#[cfg(test)]
pub(super) mod tests {
    use ulid::Ulid;

    use super::*;
    use crate::account::{Business, Customer};
    use crate::id::{AccountId, BusinessNumber, OrderId, OrderNumber};
    use crate::order::{ContactRef, LinkState, OrderHead, OrderKind, OrderReseller, Unlocked};
    use crate::text::{Country, Label};

    pub(in crate::member) fn now() -> Timestamp {
        "2026-11-24T08:00:00Z".parse().unwrap()
    }

    pub(in crate::member) fn person(number: u128) -> PersonId {
        PersonId::new(Ulid(number))
    }

    fn order(unlocked: bool) -> Order {
        let label = |text| Label::parse(text).unwrap();
        let number = |text| BusinessNumber::parse(text).unwrap();
        let business = Business { number: number("R1"), name: label("Imagicle Spa") };
        Order {
            id: OrderId::new(Ulid(1)),
            version: 4,
            head: OrderHead {
                number: OrderNumber::parse("19/00021").unwrap(),
                revision: 1,
                kind: OrderKind::Purchase,
                purchase_order: label("PO"),
                recipient: ContactRef { person: person(9), digest: String::new() },
                distributor: None,
                reseller: OrderReseller { business, order_number: None, contact: None },
                customer: Customer {
                    number: number("C1"),
                    name: label("Imagicle Final Customer 1"),
                    country: Country::parse("IT").unwrap(),
                },
                customer_contact: None,
            },
            lines: Vec::new(),
            asked: None,
            changes: Vec::new(),
            received_at: now(),
            link: LinkState { generation: 1, recorded_at: now() },
            unlocked: unlocked.then(|| Unlocked { at: now(), account: AccountId::new(Ulid(2)) }),
            forwards: Vec::new(),
        }
    }

    fn roster(seen: bool) -> Roster {
        let roster = Roster::default().order_contact(person(1), now()).roster;
        if seen { roster.mark_seen(person(1)).roster } else { roster }
    }

    #[test]
    fn a_forward_invites_while_nobody_has_signed_in_and_asks_afterwards() {
        for (seen, state) in [(false, ForwardState::Invited), (true, ForwardState::Requested)] {
            let done = forward(&order(true), &roster(seen), person(2), now()).unwrap();
            assert_eq!(done.order.version, 5);
            assert_eq!(done.order.forwards, [Forward { person: person(2), at: now(), state }]);
            assert_eq!(done.roster.roster.member(person(2)).is_some(), !seen);
            assert_eq!(done.roster.roster.request(person(2)).is_some(), seen);
            let again = forward(&done.order, &done.roster.roster, person(2), now()).unwrap();
            assert_eq!((again.roster.event, again.order), (None, done.order), "forwarding again");
        }
    }

    #[test]
    fn a_forward_needs_an_unlocked_order_a_stranger_and_the_window() {
        let locked = forward(&order(false), &roster(false), person(2), now());
        assert_eq!(locked, Err(Refusal::OrderLocked));
        let member = forward(&order(true), &roster(false), person(1), now());
        assert_eq!(member, Err(Refusal::AlreadyMember));
        let end = now() + WINDOW;
        assert_eq!(forward(&order(true), &roster(false), person(2), end), Err(Refusal::ForwardWindowOver));
        assert!(forward(&order(true), &roster(false), person(2), end - SignedDuration::from_secs(1)).is_ok());
    }

    #[test]
    fn three_forwards_are_open_at_most() {
        for seen in [false, true] {
            let (mut order, mut roster) = (order(true), roster(seen));
            for n in 2..5 {
                let done = forward(&order, &roster, person(n), now()).unwrap();
                (order, roster) = (done.order, done.roster.roster);
            }
            let fourth = forward(&order, &roster, person(5), now());
            assert_eq!(fourth, Err(Refusal::TooManyForwards(FORWARDS_OPEN_MAX)), "seen: {seen}");
            let settled = if seen {
                roster.accept_request(person(2), now()).unwrap().roster
            } else {
                roster.mark_seen(person(2)).roster
            };
            assert_eq!(open_forwards(&order, &settled).count(), 2);
            assert!(forward(&order, &settled, person(5), now()).is_ok());
        }
    }

    #[test]
    fn forwarding_and_withdrawing_ends_some_day() {
        let (mut order, mut roster) = (order(true), roster(true));
        for n in 2..12 {
            let done = forward(&order, &roster, person(n), now()).unwrap();
            let back = withdraw(&done.order, &done.roster.roster, person(n)).unwrap();
            (order, roster) = (back.order, back.roster.roster);
        }
        assert_eq!(forward(&order, &roster, person(99), now()), Err(Refusal::ForwardsUsedUp(FORWARDS_MAX)));
    }

    #[test]
    fn a_forward_is_withdrawn_until_the_person_is_in() {
        for seen in [false, true] {
            let done = forward(&order(true), &roster(seen), person(2), now()).unwrap();
            let back = withdraw(&done.order, &done.roster.roster, person(2)).unwrap();
            assert_eq!(back.order.forwards[0].state, ForwardState::Withdrawn);
            assert!(back.roster.event.is_some());
            assert_eq!(back.roster.roster.members, roster(seen).members);
            assert!(back.roster.roster.requests.is_empty());
            let again = withdraw(&back.order, &back.roster.roster, person(2));
            assert_eq!(again, Err(Refusal::ForwardNotOpen));

            let inside = done
                .roster
                .roster
                .accept_request(person(2), now())
                .map_or_else(|_| done.roster.roster.mark_seen(person(2)).roster, |accepted| accepted.roster);
            assert_eq!(withdraw(&done.order, &inside, person(2)), Err(Refusal::ForwardNotOpen));
        }
    }

    #[test]
    fn somebody_who_waits_for_another_reason_is_left_alone() {
        let asked = roster(true).order_contact(person(2), now()).roster;
        let done = forward(&order(true), &asked, person(2), now()).unwrap();
        assert_eq!((done.roster.event, done.order), (None, order(true)));
        assert_eq!(withdraw(&order(true), &asked, person(2)), Err(Refusal::ForwardNotOpen));
    }

    #[test]
    fn a_forward_is_not_opened_again_by_another_one() {
        let (first, second) = (order(true), order(true));
        let done = forward(&first, &roster(false), person(2), now()).unwrap();
        let removed = done.roster.roster.remove(person(2)).unwrap().roster;
        let again = forward(&second, &removed, person(2), now() + SignedDuration::from_secs(1)).unwrap();
        assert_eq!(open_forwards(&done.order, &again.roster.roster).count(), 0);
        assert_eq!(open_forwards(&again.order, &again.roster.roster).count(), 1);
    }

    #[test]
    fn the_only_invitation_can_be_withdrawn() {
        let done = forward(&order(true), &Roster::default(), person(2), now()).unwrap();
        let back = withdraw(&done.order, &done.roster.roster, person(2)).unwrap();
        assert!(back.roster.roster.members.is_empty());
    }
}
