//! Who has signed in, and what that allows.

use licensing::access::Actor;
use licensing::id::PersonId;
use licensing::member::{Party, Person};
use licensing::text::{EmailAddress, Label, Language};
use table::{AddressBook, AddressOwner, Binding, Table, Transaction};

use crate::{Call, Failure, Rejection, until_won};

/// What an ID token says of somebody; the gateway has checked signature, issuer, audience and time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedIn {
    /// The provider and its name of the person.
    pub binding: Binding,
    /// Their verified address.
    pub email: EmailAddress,
    /// Their name, where the provider knows it.
    pub name: Option<Label>,
}

impl Call {
    /// Who has signed in. The gateway's authorizer turns all claims into strings.
    ///
    /// # Errors
    ///
    /// [`Rejection::SignInRequired`] without an ID token, [`Rejection::EmailNotVerified`] where the provider has not
    /// verified the address.
    pub fn signed_in(&self) -> Result<SignedIn, Failure> {
        let claim = |name| self.claim(name).ok_or(Rejection::SignInRequired);
        if self.claim("token_use").is_some_and(|kind| kind != "id") {
            return Err(Rejection::SignInRequired.into());
        }
        let binding = Binding { issuer: claim("iss")?.to_owned(), subject: claim("sub")?.to_owned() };
        let email = EmailAddress::parse(claim("email")?).map_err(|_| Rejection::SignInRequired)?;
        if self.claim("email_verified") != Some("true") {
            return Err(Rejection::EmailNotVerified.into());
        }
        Ok(SignedIn { binding, email, name: self.claim("name").and_then(|name| Label::parse(name).ok()) })
    }
}

/// Who the caller is and what they are member of.
///
/// The first sign-in binds the address to the provider's subject, makes the person where nobody knew the address, and
/// tells the rosters that they were seen. A binding to a provider that is no longer configured is void.
///
/// # Errors
///
/// [`Rejection`] where nobody has signed in, or the address belongs to another sign-in; a fault of the table.
pub async fn actor_of(call: &Call, table: &Table) -> Result<Actor, Failure> {
    let signed_in = call.signed_in()?;
    until_won(async || {
        let book = table.address_book(&signed_in.email).await?;
        let person = match &book.owner {
            Some(AddressOwner { person, binding: Some(bound), .. }) if bound.issuer == signed_in.binding.issuer => {
                if *bound != signed_in.binding {
                    return Err(Rejection::BoundElsewhere.into());
                }
                *person
            }
            _ => bind(call, table, &signed_in, &book).await?,
        };
        let memberships = book.memberships.into_iter().map(|membership| (membership.party, membership.role)).collect();
        Ok(Actor { person, memberships })
    })
    .await
}

/// Binds an address to the sign-in that was just proven.
async fn bind(call: &Call, table: &Table, signed_in: &SignedIn, book: &AddressBook) -> Result<PersonId, Failure> {
    let mut transaction = Transaction::new();
    let version_read = book.owner.as_ref().map_or(0, |owner| owner.version);
    let person = match &book.owner {
        Some(owner) => owner.person,
        None => PersonId::new(call.ulid()),
    };
    if version_read == 0 {
        let name = signed_in.name.clone();
        transaction.put_person(&Person { id: person, email: signed_in.email.clone(), name, language: Language::En });
    }
    let owner = AddressOwner { person, version: version_read + 1, binding: Some(signed_in.binding.clone()) };
    transaction.put_address(&signed_in.email, &owner, version_read);
    for membership in &book.memberships {
        mark_seen(table, &mut transaction, &membership.party, person).await?;
    }
    transaction.commit(table, "bind sign-in").await?;
    Ok(person)
}

async fn mark_seen(
    table: &Table,
    transaction: &mut Transaction,
    party: &Party,
    person: PersonId,
) -> Result<(), Failure> {
    let stored = table.roster(party).await?;
    let version_read = stored.state.version;
    let roster = stored.state.mark_seen(person).roster;
    if roster.version != version_read {
        transaction.put_roster(party, &stored.with(roster), version_read);
    }
    Ok(())
}
