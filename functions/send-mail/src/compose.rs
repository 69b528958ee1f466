//! An event and its reader become a message: everything it shows is loaded here.

use brand::Name;
use lease::{MacRing, OrderLink};
use licensing::account::Business;
use licensing::check_in::RIVAL_LEASE_DAYS;
use licensing::id::{AccountId, BusinessNumber, OrderId, PersonId, ServerId};
use licensing::member::{Party, Person};
use licensing::order::{Line, LineStatus, Order};
use mail::{
    Asking, Change, ChangedMail, ConflictMail, InvitationMail, InvitedBy, MailKind, Message, OrderLine, OrderMail,
    RequestMail, UndeliveredCause, UndeliveredMail, UnlockedMail,
};
use table::{Consistency, Delivery, DeliveryState, Event, Table, TableError, key};
use ulid::Ulid;

/// What a delivery says to its reader; `None` where there is nothing left to say: the order was sent again since, or
/// what the mail is about is gone.
pub(crate) async fn compose(
    table: &Table,
    ring: &MacRing,
    delivery: &Delivery,
    reader: &Person,
) -> Result<Option<Message>, TableError> {
    let composer = Composer { table, ring, delivery, reader };
    match &delivery.event {
        Event::OrderReceived { order, generation } => composer.order(*order, *generation, Message::Order).await,
        Event::OrderRevised { order, generation } => composer.order(*order, *generation, Message::OrderRevised).await,
        Event::LinkResent { order, generation } => composer.order(*order, *generation, Message::LinkResent).await,
        Event::OrderUnlocked { order, .. } => composer.unlocked(*order).await,
        Event::OrderRenewed { order, .. } => composer.renewed(*order).await,
        Event::LicensesCancelled { order, account, codes } => composer.cancelled(*order, *account, codes).await,
        Event::OrderCancelled { order } => composer.order_cancelled(*order).await,
        Event::Invited { to, by, order, .. } => composer.invitation(to, *by, *order).await,
        Event::AccessRequested { to, person, order } => composer.request(to, *person, *order).await,
        Event::ConflictBegun { account, server } => composer.conflict(*account, server).await,
        Event::GraceSet { account, days } => {
            composer.changed(&Party::Account(*account), Change::Grace { days: (*days).into() }).await
        }
        Event::ResellerMoved { account, from, to } => composer.moved(*account, from, to).await,
        Event::ManagerAppointed { to, person } => composer.appointed(to, *person).await,
        Event::EndingsNear { .. } => Ok(None),
        Event::EndingsDigest { topic, of, .. } => composer.digest(*topic, of).await,
        Event::EventParked { parked } => composer.event_parked(*parked).await,
        Event::DeliveryFailed { delivery, reader } => composer.undelivered(*delivery, *reader).await,
    }
}

pub(crate) struct Composer<'a> {
    pub(crate) table: &'a Table,
    pub(crate) ring: &'a MacRing,
    pub(crate) delivery: &'a Delivery,
    pub(crate) reader: &'a Person,
}

impl Composer<'_> {
    async fn order(
        &self,
        id: OrderId,
        generation: u32,
        message: fn(OrderMail) -> Message,
    ) -> Result<Option<Message>, TableError> {
        let order = self.table.order(id).await?.map(|stored| stored.state);
        let is_current = |order: &Order| order.link.generation == generation && !order.is_cancelled();
        let Some(order) = order.filter(is_current) else { return Ok(None) };
        Ok(Some(message(OrderMail {
            name: self.name(),
            purchase_order: Name::from(&order.head.purchase_order),
            number: Name::from(&order.head.number),
            link: self.link(&order),
            lines: order.lines.iter().filter(|line| !is_cancelled(line)).map(OrderLine::of).collect(),
            cancelled: order.lines.iter().filter(|line| is_cancelled(line)).map(code_of).collect(),
        })))
    }

    async fn unlocked(&self, id: OrderId) -> Result<Option<Message>, TableError> {
        let order = self.table.order(id).await?.map(|stored| stored.state);
        let Some(order) = order.filter(|order| order.unlocked.is_some()) else { return Ok(None) };
        let lines = order.lines.iter().filter(|line| line.status == LineStatus::Unlocked);
        Ok(Some(Message::Unlocked(UnlockedMail {
            name: self.name(),
            customer: Name::from(&order.head.customer.name),
            purchase_order: Name::from(&order.head.purchase_order),
            number: Name::from(&order.head.number),
            lines: lines.map(OrderLine::of).collect(),
            portal_link: self.portal(),
        })))
    }

    async fn invitation(
        &self,
        to: &Party,
        by: Option<PersonId>,
        order: Option<OrderId>,
    ) -> Result<Option<Message>, TableError> {
        let roster = self.table.roster(to).await?.state;
        let Some(member) = roster.member(self.reader.id) else { return Ok(None) };
        let Some(party) = self.party_name(to).await? else { return Ok(None) };
        let by = match (by, order) {
            (Some(person), _) => self.table.person(person).await?.map(|person| InvitedBy::Member(shown(&person))),
            (None, Some(order)) => self
                .table
                .order(order)
                .await?
                .map(|stored| InvitedBy::OrderHolder(Name::from(&stored.state.head.number))),
            (None, None) => None,
        };
        Ok(Some(Message::Invitation(InvitationMail {
            name: self.name(),
            by: by.unwrap_or(InvitedBy::Vendor),
            party,
            role: member.role,
            portal_link: self.portal(),
        })))
    }

    async fn request(&self, to: &Party, person: PersonId, order: OrderId) -> Result<Option<Message>, TableError> {
        let roster = self.table.roster(to).await?.state;
        let Some(request) = roster.request(person) else { return Ok(None) };
        let (Some(asks), Some(order), Some(party)) =
            (self.table.person(person).await?, self.table.order(order).await?, self.party_name(to).await?)
        else {
            return Ok(None);
        };
        let order = Name::from(&order.state.head.number);
        Ok(Some(Message::Request(RequestMail {
            name: self.name(),
            asking: Asking::Person { who: shown(&asks), role: request.role, order },
            party,
            portal_link: self.portal(),
        })))
    }

    async fn conflict(&self, account: AccountId, server: &ServerId) -> Result<Option<Message>, TableError> {
        let sheet = self.table.server_sheet(server, Consistency::Strong).await?;
        let Some(sheet) = sheet.filter(|sheet| sheet.server.account == account) else { return Ok(None) };
        let Some(seen_at) = sheet.lease.state.conflict_since() else { return Ok(None) };
        Ok(Some(Message::Conflict(ConflictMail {
            name: self.name(),
            customer: Name::from(&sheet.server.account_name),
            server: Name::from(&sheet.server.server_name),
            server_id: Name::new(server.as_str()),
            seen_at,
            rival_days: u32::from(RIVAL_LEASE_DAYS),
            portal_link: self.portal(),
        })))
    }

    async fn changed(&self, party: &Party, change: Change) -> Result<Option<Message>, TableError> {
        let Some(party) = self.party_name(party).await? else { return Ok(None) };
        Ok(Some(Message::Changed(ChangedMail { name: self.name(), party, change, portal_link: self.portal() })))
    }

    async fn moved(
        &self,
        account: AccountId,
        from: &Business,
        to: &BusinessNumber,
    ) -> Result<Option<Message>, TableError> {
        let Some(stored) = self.table.account(account).await? else { return Ok(None) };
        let known = stored.state.resellers.iter().find(|reseller| reseller.business.number == *to);
        let to = known.map_or_else(|| Name::new(to.as_str()), |reseller| Name::from(&reseller.business.name));
        let change = Change::Reseller { from: Name::from(&from.name), to };
        self.changed(&Party::Account(account), change).await
    }

    async fn appointed(&self, to: &Party, person: PersonId) -> Result<Option<Message>, TableError> {
        let Some(person) = self.table.person(person).await? else { return Ok(None) };
        self.changed(to, Change::Manager { who: shown(&person) }).await
    }

    async fn undelivered(&self, failed: Ulid, reader: PersonId) -> Result<Option<Message>, TableError> {
        let failed = self.table.delivery(key::outbox(failed, Some(reader))).await?;
        let Some(failed) = failed else { return Ok(None) };
        let Some(given_up) = failed.state.given_up() else { return Ok(None) };
        let cause = match failed.state {
            DeliveryState::Bounced { .. } => UndeliveredCause::Bounced,
            DeliveryState::Complained { .. } => UndeliveredCause::Complained,
            _ => UndeliveredCause::Parked,
        };
        let (kind, about) = self.about(&failed.event).await?;
        Ok(Some(Message::Undelivered(UndeliveredMail {
            cause,
            kind,
            recipient: self.table.person(reader).await?.map(|person| person.email),
            about: about.unwrap_or_else(|| Name::new("")),
            recorded_at: failed.recorded_at,
            attempts: failed.attempts,
            reason: Some(Name::new(given_up.reason)),
            portal_link: self.portal(),
        })))
    }

    /// What kind of mail an event makes, and the name of what it is about.
    async fn about(&self, event: &Event) -> Result<(MailKind, Option<Name>), TableError> {
        let order = |order: Option<table::Stored<Order>>| order.map(|order| Name::from(&order.state.head.number));
        Ok(match event {
            Event::OrderReceived { order: id, .. }
            | Event::OrderRevised { order: id, .. }
            | Event::LinkResent { order: id, .. } => (MailKind::Order, order(self.table.order(*id).await?)),
            Event::OrderUnlocked { order: id, .. } => (MailKind::Unlocked, order(self.table.order(*id).await?)),
            Event::OrderRenewed { order: id, .. } => (MailKind::Renewed, order(self.table.order(*id).await?)),
            Event::LicensesCancelled { order: id, .. } | Event::OrderCancelled { order: id } => {
                (MailKind::Cancelled, order(self.table.order(*id).await?))
            }
            Event::Invited { to, .. } => (MailKind::Invitation, self.party_name(to).await?),
            Event::AccessRequested { to, .. } => (MailKind::Request, self.party_name(to).await?),
            Event::ConflictBegun { account, .. } => {
                (MailKind::Conflict, self.party_name(&Party::Account(*account)).await?)
            }
            Event::GraceSet { account, .. } | Event::ResellerMoved { account, .. } => {
                (MailKind::Changed, self.party_name(&Party::Account(*account)).await?)
            }
            Event::ManagerAppointed { to, .. } => (MailKind::Changed, self.party_name(to).await?),
            Event::EndingsNear { .. } | Event::EndingsDigest { .. } => (MailKind::Endings, None),
            // Nobody is told that what tells staff failed.
            Event::DeliveryFailed { .. } | Event::EventParked { .. } => (MailKind::Order, None),
        })
    }

    /// The name of a party; that of a reseller is what its latest account says.
    async fn party_name(&self, party: &Party) -> Result<Option<Name>, TableError> {
        match party {
            Party::Account(account) => {
                let account = self.table.account(*account).await?;
                Ok(account.map(|stored| Name::from(&stored.state.customer.name)))
            }
            Party::Reseller(number) => Ok(Some(Name::new(number.as_str()))),
            Party::Vendor => Ok(Some(Name::new("License Portal"))),
        }
    }

    /// The order's link of now.
    pub(crate) fn link(&self, order: &Order) -> String {
        let link = OrderLink::sign(self.ring, &order.id.ulid(), order.link.generation);
        format!("{}/unlock/{link}", self.delivery.base_url)
    }

    pub(crate) fn name(&self) -> Option<Name> {
        self.reader.name.as_ref().map(Name::from)
    }

    pub(crate) fn portal(&self) -> String {
        format!("{}/", self.delivery.base_url)
    }
}

fn is_cancelled(line: &Line) -> bool {
    line.status == LineStatus::Cancelled
}

fn code_of(line: &Line) -> Name {
    Name::from(&line.license_code)
}

/// A person as another one may see them: by name, or by address.
fn shown(person: &Person) -> Name {
    person.name.as_ref().map_or_else(|| Name::new(person.email.as_str()), Name::from)
}
