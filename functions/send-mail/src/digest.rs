//! The digest of what ends, as it stands when it is sent: what was renewed meanwhile is not in it.

use brand::Name;
use lease::UnsubscribeLink;
use licensing::account::{Account, ResellerAccess};
use licensing::advance::near;
use licensing::member::Party;
use licensing::topic::Topic;
use mail::{CustomerEndings, EndingLine, EndingsMail, Message};
use table::{Passed, TableError};

use crate::compose::Composer;

impl Composer<'_> {
    /// `None` where there is nothing left to tell.
    pub(crate) async fn digest(&self, topic: Topic, of: &[Passed]) -> Result<Option<Message>, TableError> {
        if !self.table.preferences(self.reader.id).await?.wants(topic) {
            return Ok(None);
        }
        let book = self.table.address_book(&self.reader.email).await?;
        let parties: Vec<Party> = book.memberships.into_iter().map(|membership| membership.party).collect();
        let mut customers: Vec<CustomerEndings> = Vec::new();
        for passed in of {
            let account = self.table.account(passed.account).await?.map(|stored| stored.state);
            let Some(account) = account.filter(|account| may_read(&parties, topic, account)) else { continue };
            let near = near(&account, passed.since, passed.through);
            let told = near.into_iter().filter(|near| topic.tells(near.stage));
            let lines: Vec<EndingLine> = told.map(|near| EndingLine::of(&near)).collect();
            if !lines.is_empty() {
                let customer = Name::from(&account.customer.name);
                customers.push(CustomerEndings { customer, lines, portal_link: self.account_link(&account) });
            }
        }
        customers.sort_by(|one, other| one.customer.as_str().cmp(other.customer.as_str()));
        Ok((!customers.is_empty()).then(|| {
            Message::Endings(EndingsMail {
                name: self.name(),
                topic,
                customers,
                portal_link: self.portal(),
                unsubscribe_link: self.unsubscribe_link(topic),
            })
        }))
    }

    fn unsubscribe_link(&self, topic: Topic) -> String {
        let link = UnsubscribeLink::sign(self.ring, &self.reader.id.ulid(), topic.number());
        format!("{}/unsubscribe/{link}", self.delivery.base_url)
    }

    fn account_link(&self, account: &Account) -> String {
        format!("{}/customers/{}/endings", self.delivery.base_url, account.id)
    }
}

/// Whether the reader still may see the account, and by the membership that the digest is for.
fn may_read(parties: &[Party], topic: Topic, account: &Account) -> bool {
    match topic {
        Topic::OwnEndings => parties.contains(&Party::Account(account.id)),
        Topic::CustomersEndings => account.resellers.iter().any(|reseller| {
            let party = Party::Reseller(reseller.business.number.clone());
            reseller.access == ResellerAccess::Granted && parties.contains(&party)
        }),
    }
}
