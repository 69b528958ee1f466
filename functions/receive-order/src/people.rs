//! People that an order names become references.

use http_api::{Call, Failure};
use licensing::id::PersonId;
use licensing::member::Person;
use licensing::order::{Contact, ContactRef, OrderHead, OrderReseller};
use licensing::text::EmailAddress;
use sha2::{Digest, Sha256};
use table::{Table, Transaction};

/// Finds the people of an order by their address, and makes those that nobody knew.
pub(crate) struct People<'a> {
    call: &'a Call,
    table: &'a Table,
    known: Vec<(EmailAddress, PersonId)>,
    new: Vec<Person>,
}

impl<'a> People<'a> {
    pub(crate) fn new(call: &'a Call, table: &'a Table) -> Self {
        Self { call, table, known: Vec::new(), new: Vec::new() }
    }

    /// The head with references instead of people.
    pub(crate) async fn refer(&mut self, head: &OrderHead<Contact>) -> Result<OrderHead<ContactRef>, Failure> {
        Ok(OrderHead {
            number: head.number.clone(),
            revision: head.revision,
            kind: head.kind,
            purchase_order: head.purchase_order.clone(),
            recipient: self.reference(&head.recipient, head).await?,
            distributor: head.distributor.clone(),
            reseller: OrderReseller {
                business: head.reseller.business.clone(),
                order_number: head.reseller.order_number.clone(),
                contact: self.optional(head.reseller.contact.as_ref(), head).await?,
            },
            customer: head.customer.clone(),
            customer_contact: self.optional(head.customer_contact.as_ref(), head).await?,
        })
    }

    /// Writes the people that nobody knew.
    pub(crate) fn store(self, transaction: &mut Transaction) {
        for person in &self.new {
            transaction.put_new_person(person);
        }
    }

    async fn optional(
        &mut self,
        contact: Option<&Contact>,
        head: &OrderHead<Contact>,
    ) -> Result<Option<ContactRef>, Failure> {
        match contact {
            Some(contact) => Ok(Some(self.reference(contact, head).await?)),
            None => Ok(None),
        }
    }

    async fn reference(&mut self, contact: &Contact, head: &OrderHead<Contact>) -> Result<ContactRef, Failure> {
        let person = match self.known.iter().find(|(address, _)| *address == contact.email) {
            Some((_, person)) => *person,
            None => self.find_or_make(contact).await?,
        };
        Ok(ContactRef { person, digest: digest(contact, head) })
    }

    async fn find_or_make(&mut self, contact: &Contact) -> Result<PersonId, Failure> {
        let person = if let Some(owner) = self.table.address_owner(&contact.email).await? {
            owner.person
        } else {
            let id = PersonId::new(self.call.ulid());
            let Contact { name, email, language } = contact.clone();
            self.new.push(Person { id, email, name, language });
            id
        };
        self.known.push((contact.email.clone(), person));
        Ok(person)
    }
}

/// Says whether an order names the same contact again. The order's number is part of it, so that the digests of one
/// person in two orders have nothing in common.
fn digest(contact: &Contact, head: &OrderHead<Contact>) -> String {
    let name = contact.name.as_ref().map_or("", |name| name.as_str());
    let text = [head.number.as_str(), name, contact.email.as_str(), contact.language.tag()].join("\n");
    let digest: [u8; 32] = Sha256::digest(text).into();
    digest[..12].iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}
