//! People, found by their address.

use std::collections::BTreeSet;

use licensing::id::PersonId;
use licensing::member::{Party, Person, Role};
use licensing::text::EmailAddress;
use licensing::topic::Topic;
use serde::{Deserialize, Serialize};

use crate::key::{self, MEMBER_PREFIX, REQUEST_PREFIX};
use crate::{AuditEntry, Entity, Remembered, Table, TableError, Transaction, from_item, item};

/// The sign-in that an address is bound to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Binding {
    /// The OpenID provider.
    pub issuer: String,
    /// The provider's name of the person.
    pub subject: String,
}

/// Whose an address is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddressOwner {
    /// The person.
    pub person: PersonId,
    /// Rises by one with each write.
    pub version: u64,
    /// Set by the first sign-in.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub binding: Option<Binding>,
}

/// A membership in the partition of the member's address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Membership {
    /// Of what.
    #[serde(flatten)]
    pub party: Party,
    /// As what.
    pub role: Role,
}

/// An open request in the partition of the address that asks: it finds the rosters that hold it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenRequest {
    /// To become a member of what.
    #[serde(flatten)]
    pub party: Party,
    /// As what.
    pub role: Role,
}

/// Which mails a person does without. It names nobody: the person's item does.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preferences {
    /// Rises by one with each write; 0 where nothing was written yet.
    pub version: u64,
    /// What they have unsubscribed from.
    #[serde(skip_serializing_if = "BTreeSet::is_empty", default)]
    pub unsubscribed: BTreeSet<Topic>,
    /// What they were answered in the portal.
    #[serde(skip_serializing_if = "Remembered::is_empty", default)]
    pub remembered: Remembered,
}

impl Preferences {
    /// Whether they want a kind of mail.
    pub fn wants(&self, topic: Topic) -> bool {
        !self.unsubscribed.contains(&topic)
    }

    /// The next version, in which they want a kind of mail or do without; `None` where that is so already.
    #[must_use]
    pub fn with(&self, topic: Topic, wanted: bool) -> Option<Self> {
        if self.wants(topic) == wanted {
            return None;
        }
        let mut after = Self { version: self.version + 1, ..self.clone() };
        if wanted {
            after.unsubscribed.remove(&topic);
        } else {
            after.unsubscribed.insert(topic);
        }
        Some(after)
    }
}

impl Entity for Preferences {
    const KIND: &'static str = "preferences";
}

impl Entity for Person {
    const KIND: &'static str = "person";
}

impl Entity for AddressOwner {
    const KIND: &'static str = "address";
}

impl Entity for Membership {
    const KIND: &'static str = "membership";
}

impl Entity for OpenRequest {
    const KIND: &'static str = "request";
}

/// Everything the table knows of an address, read in one Query.
#[derive(Debug, Clone, Default)]
pub struct AddressBook {
    /// Whose it is; `None` where nobody has heard of it.
    pub owner: Option<AddressOwner>,
    /// What its owner is member of.
    pub memberships: Vec<Membership>,
    /// What its owner asks to become a member of.
    pub requests: Vec<OpenRequest>,
}

impl Table {
    /// Who an address belongs to and what they are member of.
    pub async fn address_book(&self, address: &EmailAddress) -> Result<AddressBook, TableError> {
        let mut book = AddressBook::default();
        for found in self.query_all("address book", key::address_partition(address), "").await? {
            match item::sort_key(&found) {
                sk if sk.starts_with(MEMBER_PREFIX) => book.memberships.push(from_item(found)?),
                sk if sk.starts_with(REQUEST_PREFIX) => book.requests.push(from_item(found)?),
                _ => book.owner = Some(from_item(found)?),
            }
        }
        Ok(book)
    }

    /// Whose an address is.
    pub async fn address_owner(&self, address: &EmailAddress) -> Result<Option<AddressOwner>, TableError> {
        self.get(key::address(address)).await
    }

    /// A person.
    pub async fn person(&self, person: PersonId) -> Result<Option<Person>, TableError> {
        self.get(key::person(person)).await
    }

    /// Which mails a person does without.
    pub async fn preferences(&self, person: PersonId) -> Result<Preferences, TableError> {
        Ok(self.get(key::preferences(person)).await?.unwrap_or_default())
    }

    /// The people with these ids that still exist, in no particular order.
    pub async fn people(&self, people: &[PersonId]) -> Result<Vec<Person>, TableError> {
        let mut people = people.to_vec();
        people.sort_unstable();
        people.dedup();
        self.get_many(people.into_iter().map(key::person).collect()).await
    }
}

impl Transaction {
    /// Puts a new person; the lookup by address stands beside it in the same transaction.
    pub fn put_person(&mut self, person: &Person) -> &mut Self {
        self.put_new(key::person(person.id), person)
    }

    /// Puts a new person with the lookup by address.
    pub fn put_new_person(&mut self, person: &Person) -> &mut Self {
        self.put_person(person);
        let owner = AddressOwner { person: person.id, version: 1, binding: None };
        self.put_new(key::address(&person.email), &owner)
    }

    /// Replaces what an address is bound to.
    pub fn put_address(&mut self, address: &EmailAddress, owner: &AddressOwner, version_read: u64) -> &mut Self {
        self.put_at(key::address(address), owner, version_read)
    }

    /// Replaces preferences that were read one version before, with the entry that says who changed them and how.
    pub fn put_preferences(&mut self, person: PersonId, preferences: &Preferences, entry: &AuditEntry) -> &mut Self {
        self.put_at(key::preferences(person), preferences, preferences.version - 1);
        self.put_audit(&key::person_partition(person), entry)
    }

    /// Puts a membership beside the roster that the same transaction guards, of a person whom nobody erases meanwhile.
    pub fn put_membership(&mut self, person: PersonId, address: &EmailAddress, membership: &Membership) -> &mut Self {
        self.hold_person(person).put(key::membership(address, &membership.party), membership)
    }

    /// Puts an open request beside the roster that the same transaction guards, of a person whom nobody erases
    /// meanwhile.
    pub fn put_request(&mut self, person: PersonId, address: &EmailAddress, request: &OpenRequest) -> &mut Self {
        self.hold_person(person).put(key::request(address, &request.party), request)
    }

    /// Deletes an open request beside the roster that the same transaction guards.
    pub fn delete_request(&mut self, address: &EmailAddress, party: &Party) -> &mut Self {
        self.delete(OpenRequest::KIND, key::request(address, party))
    }

    /// Deletes a membership beside the roster that the same transaction guards.
    pub fn delete_membership(&mut self, address: &EmailAddress, party: &Party) -> &mut Self {
        self.delete(Membership::KIND, key::membership(address, party))
    }
}
