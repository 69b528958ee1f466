//! The order's page, locked or unlocked.

use http_api::{Call, Failure, Reply};
use jiff::SignedDuration;
use lambda_http::http::StatusCode;
use licensing::id::{LicenseCode, PersonId};
use licensing::member::{FORWARDS_OPEN_MAX, Party, Person, Roster, open_forwards};
use licensing::order::{Forward, Unlocked};

use crate::opened::Opened;
use crate::page::{ForwardArea, ForwardView, LockedPage, Notice, OrderView, UnlockedPage, Window};
use crate::press::{FORWARD, UNLOCK, WITHDRAW, nonce};
use crate::{Unlock, reply};

/// How long an order can be forwarded after its unlock.
const FORWARD_WINDOW: SignedDuration = SignedDuration::from_hours(30 * 24);

/// The page as it is now, with a sentence on top where there is one; `typed` stands in the field again.
pub(crate) async fn show(
    function: &Unlock,
    call: &Call,
    opened: &Opened<'_>,
    notice: Option<Notice>,
    typed: &str,
) -> Result<Reply, Failure> {
    let status = notice.as_ref().map_or(StatusCode::OK, status_of);
    let order = &opened.order.state;
    match order.unlocked {
        None => Ok(locked(call, opened, notice, false)),
        Some(unlocked) => {
            let party = Party::Account(unlocked.account);
            let roster = function.table.roster(&party).await?.state;
            let told = function.table.readers_of_unlock(order, unlocked.account).await?;
            let mut people: Vec<PersonId> = order.forwards.iter().map(|forward| forward.person).collect();
            people.extend(&told);
            let people = function.table.people(&people).await?;
            let codes: Vec<LicenseCode> = order.lines.iter().map(|line| line.license_code.clone()).collect();
            let grants = function.table.grants_of(unlocked.account, &codes).await?;
            let order = OrderView::of(order, &grants);
            let page = unlocked_page(call, opened, &order, &roster, unlocked, (&told, &people), (notice, typed));
            Ok(reply(status, page))
        }
    }
}

/// The page of a locked order; with `confirm` it asks to tick a box.
pub(crate) fn locked(call: &Call, opened: &Opened<'_>, notice: Option<Notice>, confirm: bool) -> Reply {
    let status = notice.as_ref().map_or(StatusCode::OK, status_of);
    let purpose = if confirm { UNLOCK.confirmation } else { UNLOCK.page };
    let page = LockedPage {
        look: opened.look,
        order: &OrderView::of(&opened.order.state, &[]),
        action: &opened.path,
        nonce: &nonce(call, opened, purpose),
        confirm,
        notice,
    };
    reply(status, page.render())
}

fn unlocked_page(
    call: &Call,
    opened: &Opened<'_>,
    shown: &OrderView,
    roster: &Roster,
    unlocked: Unlocked,
    (told, people): (&[PersonId], &[Person]),
    (notice, typed): (Option<Notice>, &str),
) -> crate::page::Page {
    let masked = |id: PersonId| people.iter().find(|person| person.id == id).map(|person| person.email.masked());
    let order = &opened.order.state;
    let told: Vec<String> = told.iter().filter_map(|person| masked(*person)).collect();
    let view = |forward: &Forward| ForwardView {
        id: forward.person.to_string(),
        address: masked(forward.person).unwrap_or_default(),
        at: forward.at,
        state: forward.state,
        accepted: roster.member(forward.person).is_some()
            && !open_forwards(order, roster).any(|open| open.person == forward.person),
    };
    UnlockedPage {
        look: opened.look,
        order: shown,
        told: &told,
        portal_link: &format!("{}/", call.base_url),
        forward: ForwardArea {
            action: &format!("{}/forward", opened.path),
            nonce: &nonce(call, opened, FORWARD.page),
            withdraw_action: &format!("{}/withdraw", opened.path),
            withdraw_nonce: &nonce(call, opened, WITHDRAW.page),
            window: window(call, opened, roster, unlocked),
            // Who was erased can't be shown, and nothing of theirs is open.
            forwards: order.forwards.iter().filter(|forward| masked(forward.person).is_some()).map(view).collect(),
            typed,
        },
        notice,
    }
    .render()
}

fn window(call: &Call, opened: &Opened<'_>, roster: &Roster, unlocked: Unlocked) -> Window {
    let until = unlocked.at.checked_add(FORWARD_WINDOW).unwrap_or(unlocked.at);
    if call.now >= until {
        Window::Over
    } else if open_forwards(&opened.order.state, roster).count() >= FORWARDS_OPEN_MAX {
        Window::Full
    } else if roster.anybody_seen() {
        Window::Requests(until)
    } else {
        Window::Invites(until)
    }
}

/// A page that says why nothing happened has the status of that; the page with the good news is just a page.
fn status_of(notice: &Notice) -> StatusCode {
    match notice {
        notice if notice.is_good() => StatusCode::OK,
        Notice::NotAnAddress => StatusCode::UNPROCESSABLE_ENTITY,
        Notice::NonceExpired | Notice::BoxNotTicked => StatusCode::OK,
        _ => StatusCode::CONFLICT,
    }
}
