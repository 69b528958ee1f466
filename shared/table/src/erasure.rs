//! Erasing a person: what says how far it has come, and its writes.
//!
//! A person may be member of more than one transaction holds. So they are marked first: from then on nobody makes a
//! membership or request of theirs any more, and what a strong read finds at their address is all there is. The last
//! transaction takes what holds the address itself.

use aws_sdk_dynamodb::types::{AttributeValue, Update};
use jiff::{SignedDuration, Timestamp};
use licensing::id::PersonId;
use licensing::member::{Party, Person};
use licensing::text::Label;
use serde::{Deserialize, Serialize};

use crate::key::{self, Key};
use crate::{AddressOwner, Delivery, Entity, Preferences, Remembered, Table, TableError, Transaction};

/// The mark of a person who is being erased.
const BEING_ERASED: &str = "beingErased";
/// How many keys of waiting mails are looked at together.
const WAITING_PAGE: i32 = 1_000;
/// Later than any mail is to be sent: digests wait for a week at most.
const EVER: SignedDuration = SignedDuration::from_hours(366 * 24);

/// How far the erasure of a person has come. It names nobody and stays, so that a repeat is answered as the first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Erasure {
    /// Who, by an id that leads nowhere afterwards.
    pub person: PersonId,
    /// Rises by one with each write.
    pub version: u64,
    /// When it began.
    pub begun_at: Timestamp,
    /// When nothing was left; `None` while there is.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub erased_at: Option<Timestamp>,
    /// Why, as staff typed it when it began.
    pub reason: Label,
    /// What has members but no manager since.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub without_manager: Vec<Party>,
    /// What staff was answered about it.
    #[serde(skip_serializing_if = "Remembered::is_empty", default)]
    pub remembered: Remembered,
}

impl Entity for Erasure {
    const KIND: &'static str = "erasure";
}

impl Erasure {
    /// An erasure that begins.
    pub fn begin(person: PersonId, reason: Label, now: Timestamp) -> Self {
        Self {
            person,
            version: 1,
            begun_at: now,
            erased_at: None,
            reason,
            without_manager: Vec::new(),
            remembered: Remembered::default(),
        }
    }

    /// The next version.
    #[must_use]
    pub fn next(self) -> Self {
        Self { version: self.version + 1, ..self }
    }
}

impl Table {
    /// How far the erasure of a person has come; `None` where nobody asked for it.
    pub async fn erasure(&self, person: PersonId) -> Result<Option<Erasure>, TableError> {
        self.get(key::erasure(person)).await
    }

    /// The mails to a reader that wait to be sent or for staff.
    pub async fn deliveries_to(&self, reader: PersonId, now: Timestamp) -> Result<Vec<Delivery>, TableError> {
        let mut keys: Vec<Key> = Vec::new();
        for partition in Delivery::due_partitions() {
            let mut after = None;
            loop {
                let page = self.due_page(partition.clone(), now + EVER, after, WAITING_PAGE).await?;
                keys.extend(page.items.into_iter().filter(|key| key::parse_reader(key) == Some(reader)));
                after = page.next;
                if after.is_none() {
                    break;
                }
            }
        }
        self.get_many(keys).await
    }
}

impl Transaction {
    /// Holds the transaction to a person whom nobody is erasing.
    pub(crate) fn hold_person(&mut self, person: PersonId) -> &mut Self {
        let condition = format!("attribute_exists(pk) AND attribute_not_exists({BEING_ERASED})");
        self.check(Person::KIND, key::person(person), &condition)
    }

    /// Marks a person as being erased, once; afterwards nobody makes a membership or request of theirs.
    pub fn mark_person(&mut self, person: PersonId) -> &mut Self {
        let Key { pk, sk } = key::person(person);
        let update = Update::builder()
            .table_name("")
            .key("pk", AttributeValue::S(pk))
            .key("sk", AttributeValue::S(sk))
            .update_expression(format!("SET {BEING_ERASED} = :yes"))
            .condition_expression("attribute_exists(pk)")
            .expression_attribute_values(":yes", AttributeValue::Bool(true))
            .build()
            .expect("table name, key and expression are set");
        self.update(Person::KIND, update)
    }

    /// Replaces an erasure that was read one version before.
    pub fn put_erasure(&mut self, erasure: &Erasure) -> &mut Self {
        self.put_at(key::erasure(erasure.person), erasure, erasure.version - 1)
    }

    /// Deletes what names a person: their own item, the lookup by their address, and what they wish of mails.
    pub fn delete_person(&mut self, person: &Person) -> &mut Self {
        self.delete(Person::KIND, key::person(person.id));
        self.delete(AddressOwner::KIND, key::address(&person.email));
        self.delete(Preferences::KIND, key::preferences(person.id))
    }
}
