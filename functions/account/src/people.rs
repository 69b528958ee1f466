//! People behind their ids, and contacts that somebody typed.

use std::collections::BTreeMap;

use http_api::{Call, Failure, Rejection};
use licensing::id::PersonId;
use licensing::member::Person;
use licensing::order::Contact;
use licensing::refusal::Fault;
use licensing::text::{EmailAddress, Label, Language};
use table::Table;

use crate::document::PersonView;

/// The people that an answer names.
pub(crate) struct People(BTreeMap<PersonId, Person>);

impl People {
    /// Loads people; those that were erased are missing.
    pub(crate) async fn load(table: &Table, ids: &[PersonId]) -> Result<Self, Failure> {
        let people = table.people(ids).await?;
        Ok(Self(people.into_iter().map(|person| (person.id, person)).collect()))
    }

    /// A person as others see them; only the id where they were erased.
    pub(crate) fn view(&self, id: PersonId) -> PersonView {
        let person = self.0.get(&id);
        PersonView {
            person_id: id.to_string(),
            name: person.and_then(|person| person.name.as_ref()).map(Label::to_string),
            email: person.map(|person| person.email.to_string()),
        }
    }

    /// Their name, or their address where nobody knows it.
    pub(crate) fn name(&self, id: PersonId) -> Option<String> {
        let person = self.0.get(&id)?;
        Some(person.name.as_ref().map_or_else(|| person.email.to_string(), Label::to_string))
    }
}

impl From<Person> for People {
    fn from(person: Person) -> Self {
        Self(BTreeMap::from([(person.id, person)]))
    }
}

/// A person that a write is about.
pub(crate) struct Found {
    pub(crate) person: Person,
    /// Whether the write makes them.
    pub(crate) is_new: bool,
}

/// Finds the person of an address, or makes one. What is known of a person stays: a stranger does not rename them.
pub(crate) async fn find_or_make(table: &Table, call: &Call, contact: &Contact) -> Result<Found, Failure> {
    let known = match table.address_owner(&contact.email).await? {
        Some(owner) => table.person(owner.person).await?,
        None => None,
    };
    if let Some(person) = known {
        return Ok(Found { person, is_new: false });
    }
    let Contact { name, email, language } = contact.clone();
    Ok(Found { person: Person { id: PersonId::new(call.ulid()), email, name, language }, is_new: true })
}

/// Reads a contact and lists every fault of it. English is written where no language is named, or one that is not
/// written.
pub(crate) fn contact(email: &str, name: Option<&str>, language: Option<&str>) -> Result<Contact, Failure> {
    let mut faults = Vec::new();
    let mut fault = |pointer: &str, what: String| {
        faults.push(Fault { pointer: pointer.to_owned(), code: "invalid_value", detail: format!("The value {what}.") });
    };
    let email = EmailAddress::parse(email).map_err(|error| fault("/email", error.to_string()));
    let name = name.map(Label::parse).transpose().map_err(|error| fault("/name", error.to_string()));
    match (email, name) {
        (Ok(email), Ok(name)) => {
            let language = language.and_then(Language::from_tag).unwrap_or_default();
            Ok(Contact { name, email, language })
        }
        _ => Err(Rejection::InvalidBody(faults).into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_of_a_contact_is_listed() {
        let faults = |email, name| match contact(email, name, None) {
            Err(Failure::Rejected(Rejection::InvalidBody(faults))) => {
                faults.into_iter().map(|fault| fault.pointer).collect::<Vec<_>>()
            }
            _ => Vec::new(),
        };
        assert_eq!(faults("nobody", Some(" ")), ["/email", "/name"]);
        assert_eq!(faults("one@example.com", Some("a\r\nb")), ["/name"]);
    }

    #[test]
    fn a_language_that_is_not_written_becomes_english() {
        let language = |tag| contact("One@example.com", None, tag).unwrap().language;
        assert_eq!(language(Some("it-IT")), Language::It);
        assert_eq!((language(Some("xx")), language(None)), (Language::En, Language::En));
    }
}
