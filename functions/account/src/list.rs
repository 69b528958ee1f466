//! `GET /v1/accounts`: the accounts that somebody may see.

use std::collections::BTreeSet;
use std::fmt;

use http_api::{Call, Failure, Reply};
use lambda_http::http::StatusCode;
use licensing::access::Actor;
use licensing::id::AccountId;
use licensing::member::Party;
use table::{Summary, Table};

use crate::document::{AccountListView, SummaryView};

/// Most accounts of a page, their own ones apart.
const PAGE_LEN: usize = 50;
/// Most Queries for one page, so that a query that matches nothing ends: the next page goes on from there.
const READS_MAX: usize = 20;

/// Lists accounts: their own ones on the first page, then those of each reseller that they are member of; all accounts
/// for vendor staff. An account that two resellers of theirs manage may come twice, on different pages.
pub(crate) async fn list(table: &Table, call: &Call, actor: &Actor) -> Result<Reply, Failure> {
    let wanted = Wanted::of(call.query("query"));
    let cursor = call.query_as("cursor", Cursor::parse)?;
    let parties = parties(actor);
    let own: BTreeSet<AccountId> = if actor.is_staff() { BTreeSet::new() } else { actor.own_accounts().collect() };
    let mut found = Vec::new();
    if cursor.is_none() {
        found.extend(table.summaries_of(&own).await?.into_iter().filter(|one| wanted.matches(one)));
    }
    let mut at = cursor.unwrap_or_default();
    for _ in 0..READS_MAX {
        let room = PAGE_LEN.saturating_sub(found.len());
        let Some(party) = parties.get(at.party).filter(|_| room > 0) else { break };
        let page = table.summaries(party, at.after, i32::try_from(room).unwrap_or(i32::MAX)).await?;
        at.after = page.items.last().map(|summary| summary.account);
        for summary in page.items {
            let is_listed = own.contains(&summary.account) || found.iter().any(|one| one.account == summary.account);
            if !is_listed && wanted.matches(&summary) {
                found.push(summary);
            }
        }
        if page.next.is_none() {
            at = Cursor { party: at.party + 1, after: None };
        }
    }
    let next_cursor = (at.party < parties.len()).then(|| at.to_string());
    Reply::json(
        StatusCode::OK,
        &AccountListView { accounts: found.iter().map(SummaryView::from).collect(), next_cursor },
    )
}

/// The parties whose lists are read, in the order of the pages.
fn parties(actor: &Actor) -> Vec<Party> {
    if actor.is_staff() {
        return vec![Party::Vendor];
    }
    let of_reseller = |party: &&Party| matches!(party, Party::Reseller(_));
    let resellers: BTreeSet<Party> =
        actor.memberships.iter().map(|(party, _)| party).filter(of_reseller).cloned().collect();
    resellers.into_iter().collect()
}

/// What a query looks for: a part of the customer's name or number, without regard to case.
struct Wanted(String);

impl Wanted {
    fn of(query: Option<&str>) -> Self {
        Self(query.unwrap_or_default().trim().to_lowercase())
    }

    fn matches(&self, summary: &Summary) -> bool {
        let customer = &summary.customer;
        [customer.name.as_str(), customer.number.as_str()].iter().any(|text| text.to_lowercase().contains(&self.0))
    }
}

/// Where a page begins.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Cursor {
    /// Index of the party whose list is read.
    party: usize,
    /// The account after which to go on in its list.
    after: Option<AccountId>,
}

impl Cursor {
    fn parse(text: &str) -> Result<Self, &'static str> {
        let fault = "is not a cursor that this list has given";
        let (party, after) = text.split_once('.').map_or((text, None), |(party, after)| (party, Some(after)));
        Ok(Self {
            party: party.parse().map_err(|_| fault)?,
            after: after.map(AccountId::parse).transpose().map_err(|_| fault)?,
        })
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.after {
            Some(account) => write!(f, "{}.{account}", self.party),
            None => write!(f, "{}", self.party),
        }
    }
}

impl From<&Summary> for SummaryView {
    fn from(summary: &Summary) -> Self {
        Self {
            account_id: summary.account.to_string(),
            customer: (&summary.customer).into(),
            servers: summary.servers,
            rows_unassigned: summary.pools_unassigned,
            ends_next: summary.ends_next,
        }
    }
}

#[cfg(test)]
mod tests {
    use licensing::account::Customer;
    use licensing::id::{BusinessNumber, PersonId};
    use licensing::member::Role;
    use licensing::text::{Country, Label};
    use ulid::Ulid;

    use super::*;

    #[test]
    fn a_cursor_comes_back_as_it_was_given() {
        for cursor in [
            Cursor::default(),
            Cursor { party: 2, after: Some(AccountId::new(Ulid(7))) },
            Cursor { party: 1, after: None },
        ] {
            assert_eq!(Cursor::parse(&cursor.to_string()), Ok(cursor));
        }
        for wrong in ["x", "0.", "0.nothing", "-1"] {
            assert!(Cursor::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_query_looks_into_name_and_number_without_regard_to_case() {
        let summary = Summary {
            account: AccountId::new(Ulid(1)),
            customer: Customer {
                number: BusinessNumber::parse("C-100").unwrap(),
                name: Label::parse("Imagicle Final Customer 1").unwrap(),
                country: Country::parse("IT").unwrap(),
            },
            servers: 0,
            pools_unassigned: 0,
            ends_next: None,
        };
        for (query, found) in [(None, true), (Some("final"), true), (Some(" c-1 "), true), (Some("other"), false)] {
            assert_eq!(Wanted::of(query).matches(&summary), found, "{query:?}");
        }
    }

    #[test]
    fn staff_reads_one_list_and_a_reseller_its_own() {
        let reseller = |number| Party::Reseller(BusinessNumber::parse(number).unwrap());
        let actor = |parties: Vec<Party>| Actor {
            person: PersonId::new(Ulid(1)),
            memberships: parties.into_iter().map(|party| (party, Role::Viewer)).collect(),
        };
        let two = actor(vec![reseller("R2"), Party::Account(AccountId::new(Ulid(1))), reseller("R1")]);
        assert_eq!(parties(&two), [reseller("R1"), reseller("R2")]);
        assert_eq!(parties(&actor(vec![reseller("R1"), Party::Vendor])), [Party::Vendor]);
        assert!(parties(&actor(Vec::new())).is_empty());
    }
}
