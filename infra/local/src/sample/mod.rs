//! A world to look at: customers of two resellers in every state that licences and servers can be in.
//!
//! All of it comes through the API, as in life. What ended lately must have begun before, so a part of it happens while
//! the stack's clock is set back.

mod customers;
mod orders;
mod remote;
mod settle;
mod stories;

use std::fmt::Display;

use jiff::civil::Date;
use licensing::grant::utc_day;
use reqwest::StatusCode;

use self::customers::{CUSTOMERS, DISTRIBUTOR, RESELLERS, address};
use self::remote::Remote;
pub use self::remote::{Site, back_to_today};
use self::settle::Settling;
use self::stories::{Kind, PAST_DAYS, STORIES};
use crate::erp::ErpError;

/// Who of the vendor looks at everything.
const STAFF: &str = "vendor@example.com";

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loaded {
    /// The world is there now.
    Now,
    /// It was there before.
    Before,
}

/// A step that did not work.
#[derive(Debug, thiserror::Error)]
pub enum SampleError {
    /// Nobody listens there.
    #[error("No stack answers at {0}; start it with `cargo run`.")]
    NoAnswer(String),
    /// A run before this one did not come to its end.
    #[error(
        "A part of the sample is there already. Stop the stack, start it with an empty folder (--data) and try again."
    )]
    Halfway,
    /// The stack went away.
    #[error("The stack can't be reached: {0}.")]
    Http(#[from] reqwest::Error),
    /// The ERP got no answer.
    #[error("{0}.")]
    Erp(#[from] ErpError),
    /// A step had another outcome than it must have.
    #[error("The sample stopped where it had to {step}: {found}")]
    Unexpected {
        /// Which step.
        step: &'static str,
        /// What was found.
        found: String,
    },
}

fn unexpected(step: &'static str, found: impl Display) -> SampleError {
    SampleError::Unexpected { step, found: found.to_string() }
}

/// Loads the world into a running stack; a second time it finds it there. `write` gets a line of progress now and then.
///
/// # Errors
///
/// When a step does not work; the stack's clock shows the true time again.
pub async fn load(site: &Site, mut write: impl FnMut(&str)) -> Result<Loaded, SampleError> {
    let today = Remote::days_ago(site, 0).await?;
    if is_there(&today, orders::LAST).await? {
        return Ok(Loaded::Before);
    }
    if is_there(&today, &orders::number(0)).await? {
        return Err(SampleError::Halfway);
    }
    let done = all(site, utc_day(today.now), &mut write).await;
    let back = back_to_today(site).await;
    done.and(back).map(|()| Loaded::Now)
}

async fn is_there(remote: &Remote<'_>, number: &str) -> Result<bool, SampleError> {
    let staff = remote.sign_in(STAFF).await?;
    let found = staff.get(&format!("/v1/orders?number={}", number.replace('/', "%2F"))).await?;
    match found.status {
        StatusCode::OK => Ok(true),
        StatusCode::NOT_FOUND => Ok(false),
        _ => Err(unexpected("look for the sample", found.body)),
    }
}

async fn all(site: &Site, today: Date, write: &mut impl FnMut(&str)) -> Result<(), SampleError> {
    let mut settled = 0;
    for past in [true, false] {
        let remote = Remote::days_ago(site, if past { PAST_DAYS } else { 0 }).await?;
        let settling = Settling::begin(&remote, today).await?;
        let here: Vec<usize> = (0..CUSTOMERS.len()).filter(|index| orders::story(*index).past == past).collect();
        for index in &here {
            remote.order(&orders::of_customer(*index, today)).await?;
        }
        for index in here {
            settling.customer(index).await?;
            settled += 1;
            if settled % 10 == 0 {
                write(&format!("{settled} of {} customers", CUSTOMERS.len()));
            }
        }
        if !past {
            for index in (0..CUSTOMERS.len()).filter(|index| orders::story(*index).past) {
                settling.until_today(index).await?;
            }
            settling.people_and_late_orders().await?;
        }
    }
    Ok(())
}

/// Whom to sign in as, and what they see.
pub fn guide() -> String {
    let mut lines = vec![
        ("Vendor staff".to_owned(), STAFF.to_owned(), "everything, a parked mail among it".to_owned()),
        (
            format!("Distributor {}", DISTRIBUTOR.name),
            address(DISTRIBUTOR.contact),
            "order mails in the mailbox".to_owned(),
        ),
    ];
    for (number, reseller) in RESELLERS.iter().enumerate() {
        let customers = (0..CUSTOMERS.len()).filter(|index| orders::reseller(*index) == number).count();
        lines.push((
            format!("Reseller {}", reseller.name),
            address(reseller.contact),
            format!("{customers} customers"),
        ));
    }
    let mut seen: Vec<Kind> = Vec::new();
    for (customer, kind) in CUSTOMERS.iter().zip(STORIES) {
        if !seen.contains(&kind) {
            seen.push(kind);
            lines.push((customer.name.to_owned(), address(customer.contact), kind.shows().to_owned()));
        }
    }
    let width = |of: fn(&(String, String, String)) -> &String| lines.iter().map(|line| of(line).chars().count()).max();
    let (first, second) = (width(|line| &line.0).unwrap_or(0), width(|line| &line.1).unwrap_or(0));
    let line = |(who, email, what): &(String, String, String)| format!("  {who:<first$}  {email:<second$}  {what}\n");
    lines.iter().map(line).collect::<Vec<_>>().concat()
}
