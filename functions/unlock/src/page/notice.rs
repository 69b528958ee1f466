//! One sentence above the content: what just happened, or why nothing did.

use brand::Filled;
use licensing::Refusal;
use licensing::text::Language;

brand::phrases! {
    /// Notices.
    pub struct NoticeWords;
    nonce_expired: en "This page was open for too long, so nothing was changed. **Please press the button again.**", it "La pagina è rimasta aperta troppo a lungo e nulla è stato modificato. **Prema di nuovo il pulsante.**";
    box_not_ticked: en "Nothing was changed: **please tick the box** and press the button again.", it "Nulla è stato modificato: **selezioni la casella** e prema di nuovo il pulsante.";
    not_an_address: en "That is not an e-mail address, such as name@example.com. Nothing was sent.", it "Non è un indirizzo e-mail, come nome@example.com. Nulla è stato inviato.";
    window_over: en "An order can be forwarded within 30 days of its unlock. Ask a member of the account for an invitation.", it "Un ordine si può inoltrare entro 30 giorni dallo sblocco. Chieda un invito a un membro dell’account.";
    too_many_forwards: en "{count} forwards of this order are open. Withdraw one, or wait until one is accepted.", it "Ci sono {count} inoltri aperti per questo ordine. Ne ritiri uno o attenda che uno venga accettato.";
    forwards_used_up: en "This order was forwarded {count} times, as often as an order can be. Ask a member of the account for an invitation.", it "Questo ordine è stato inoltrato {count} volte, il massimo possibile. Chieda un invito a un membro dell’account.";
    requests_full: en "{count} people wait for a manager already. Ask one to accept or decline some of them in the portal.", it "Ci sono già {count} persone in attesa di un gestore. Chieda a un gestore di accettarne o rifiutarne alcune nel portale.";
    account_full: en "The Smart Account has no room for these licenses, so nothing was unlocked. **Please ask our support.**", it "Lo Smart Account non ha posto per queste licenze e nulla è stato sbloccato. **Contatti la nostra assistenza.**";
    not_open: en "This forward is no longer open: it was accepted or withdrawn meanwhile.", it "Questo inoltro non è più aperto: nel frattempo è stato accettato o ritirato.";
    already_member: en "This person can already manage these licenses.", it "Questa persona può già gestire queste licenze.";
    members_full: en "The account has no room for another member. A manager can remove one in the portal.", it "L’account non ha posto per un altro membro. Un gestore può rimuoverne uno nel portale.";
    forwarded: en "Forwarded to **{address}**. They receive an e-mail.", it "Inoltrato a **{address}**. Riceverà un’e-mail.";
    requested: en "Forwarded to **{address}**. They get access when a manager accepts.", it "Inoltrato a **{address}**. Avrà accesso quando un gestore accetta.";
    withdrawn: en "The forward to **{address}** was withdrawn.", it "L’inoltro a **{address}** è stato ritirato.";
    not_possible: en "This was not possible. Nothing was changed.", it "Non è stato possibile. Nulla è stato modificato.";
}

/// What just happened, or why nothing did. Addresses are masked ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// The page's nonce was too old.
    NonceExpired,
    /// The box of a confirmation was not ticked.
    BoxNotTicked,
    /// What was entered is not an address.
    NotAnAddress,
    /// Forwarding ended.
    ForwardWindowOver,
    /// As many forwards as may be are open.
    TooManyForwards(usize),
    /// It was forwarded as often as it may be.
    ForwardsUsedUp(usize),
    /// As many people as may be wait for a manager.
    RequestsFull(usize),
    /// The account would hold more than one account can.
    AccountFull,
    /// The forward to take back is not open any more.
    ForwardNotOpen,
    /// Whom it was forwarded to is a member.
    AlreadyMember,
    /// The account has as many members as it may.
    MembersFull,
    /// Forwarded, and invited.
    Forwarded(String),
    /// Forwarded, and waiting for a manager.
    Requested(String),
    /// Taken back.
    Withdrawn(String),
    /// Refused for another reason.
    NotPossible,
}

impl Notice {
    /// The notice that says why a command was refused.
    pub fn of(refusal: &Refusal) -> Self {
        match refusal {
            Refusal::ForwardWindowOver => Self::ForwardWindowOver,
            Refusal::TooManyForwards(count) => Self::TooManyForwards(*count),
            Refusal::ForwardsUsedUp(count) => Self::ForwardsUsedUp(*count),
            Refusal::TooManyOpenRequests(count) => Self::RequestsFull(*count),
            Refusal::AccountTooLarge | Refusal::TooManyPools(_) => Self::AccountFull,
            Refusal::ForwardNotOpen | Refusal::RequestNotFound => Self::ForwardNotOpen,
            Refusal::AlreadyMember => Self::AlreadyMember,
            Refusal::TooManyMembers(_) => Self::MembersFull,
            _ => Self::NotPossible,
        }
    }

    /// Whether it tells of success.
    pub(crate) fn is_good(&self) -> bool {
        matches!(self, Self::Forwarded(_) | Self::Requested(_) | Self::Withdrawn(_))
    }

    /// The sentence as HTML.
    pub(super) fn html(&self, language: Language) -> String {
        let words = NoticeWords::of(language);
        let with = |filled: Filled| filled.html();
        match self {
            Self::NonceExpired => words.nonce_expired.html(),
            Self::BoxNotTicked => words.box_not_ticked.html(),
            Self::NotAnAddress => words.not_an_address.html(),
            Self::ForwardWindowOver => words.window_over.html(),
            Self::TooManyForwards(count) => with(words.too_many_forwards.put("count", count)),
            Self::ForwardsUsedUp(count) => with(words.forwards_used_up.put("count", count)),
            Self::RequestsFull(count) => with(words.requests_full.put("count", count)),
            Self::AccountFull => words.account_full.html(),
            Self::ForwardNotOpen => words.not_open.html(),
            Self::AlreadyMember => words.already_member.html(),
            Self::MembersFull => words.members_full.html(),
            Self::Forwarded(address) => with(words.forwarded.put("address", address)),
            Self::Requested(address) => with(words.requested.put("address", address)),
            Self::Withdrawn(address) => with(words.withdrawn.put("address", address)),
            Self::NotPossible => words.not_possible.html(),
        }
    }
}
