#![doc = include_str!("../README.md")]

mod frame;
mod message;
mod mime;
mod sender;

use brand::Brand;
use licensing::text::Language;

pub use message::cancelled::{CancelledLine, CancelledMail};
pub use message::changed::{Change, ChangedMail};
pub use message::conflict::ConflictMail;
pub use message::endings::{CustomerEndings, EndingLine, EndingsMail, How};
pub use message::event_parked::EventParkedMail;
pub use message::invitation::{InvitationMail, InvitedBy};
pub use message::order::{OrderLine, OrderMail};
pub use message::order_cancelled::OrderCancelledMail;
pub use message::renewed::{RenewedLine, RenewedMail};
pub use message::request::{Asking, RequestMail};
pub use message::undelivered::{MailKind, UndeliveredCause, UndeliveredMail};
pub use message::unlocked::UnlockedMail;
pub use mime::{Envelope, Mailbox, mime};
pub use sender::{SendFault, Sender, SesMessageId};

use frame::Frame;

/// A mail with the data it shows, already loaded. Links are absolute addresses of ours; everything that others wrote
/// is a [`brand::Name`].
#[derive(Debug, Clone)]
pub enum Message {
    /// To the recipient: an order arrived, with the link that unlocks it.
    Order(OrderMail),
    /// To the recipient: the order was changed while it was locked; this mail replaces the earlier one.
    OrderRevised(OrderMail),
    /// To the recipient: the same order with a new link; the earlier link does not open it any more.
    LinkResent(OrderMail),
    /// To the members: the licences of an order are in the Smart Account.
    Unlocked(UnlockedMail),
    /// To the members and the recipient of a renewal: licences are renewed, and nothing has to be done.
    Renewed(RenewedMail),
    /// To the members: licences end before their time.
    Cancelled(CancelledMail),
    /// To the recipient: an order was cancelled while it was locked, so that there is nothing to unlock.
    OrderCancelled(OrderCancelledMail),
    /// To an address: somebody made it a member.
    Invitation(InvitationMail),
    /// To the managers: a second installation uses a server's token.
    Conflict(ConflictMail),
    /// To the managers: somebody asks for access.
    Request(RequestMail),
    /// To the members: vendor staff changed something of theirs.
    Changed(ChangedMail),
    /// To members of accounts and resellers: what ends soon.
    Endings(EndingsMail),
    /// To vendor staff: a mail did not reach its reader.
    Undelivered(UndeliveredMail),
    /// To vendor staff: the ERP or CRM did not take an event.
    EventParked(EventParkedMail),
}

impl Message {
    /// Where its reader ends this kind of mail, if they can.
    pub fn unsubscribe_link(&self) -> Option<&str> {
        match self {
            Self::Endings(mail) => Some(&mail.unsubscribe_link),
            _ => None,
        }
    }
}

/// A mail in one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// One line.
    pub subject: String,
    /// The plain text, lines ended by `\n`.
    pub text: String,
    /// The whole HTML document.
    pub html: String,
}

/// Writes a mail in a language: the same message gives the same bytes.
pub fn render(message: &Message, brand: &Brand, language: Language) -> Rendered {
    let frame = Frame::new(brand, language);
    match message {
        Message::Order(mail) => message::order::render(mail, message::order::Occasion::First, &frame),
        Message::OrderRevised(mail) => message::order::render(mail, message::order::Occasion::Revised, &frame),
        Message::LinkResent(mail) => message::order::render(mail, message::order::Occasion::Resent, &frame),
        Message::Unlocked(mail) => message::unlocked::render(mail, &frame),
        Message::Renewed(mail) => message::renewed::render(mail, &frame),
        Message::Cancelled(mail) => message::cancelled::render(mail, &frame),
        Message::OrderCancelled(mail) => message::order_cancelled::render(mail, &frame),
        Message::Invitation(mail) => message::invitation::render(mail, &frame),
        Message::Conflict(mail) => message::conflict::render(mail, &frame),
        Message::Request(mail) => message::request::render(mail, &frame),
        Message::Changed(mail) => message::changed::render(mail, &frame),
        Message::Endings(mail) => message::endings::render(mail, &frame),
        Message::Undelivered(mail) => message::undelivered::render(mail, &frame),
        Message::EventParked(mail) => message::event_parked::render(mail, &frame),
    }
}

#[cfg(test)]
extern crate self as mail;
#[cfg(test)]
mod tests;
