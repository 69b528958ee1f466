//! What an installation shows: licences and care as a table, how long they hold, and what somebody should do.

mod warning;

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use lease::segment::{CareLevel, License, Segment, SegmentStatus};

use crate::state::State;
pub use warning::Warning;

/// Everything that `appsuite status` shows; [`fmt::Display`] is that text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// The server's id; `None` before the first activation.
    pub server: Option<String>,
    /// The server's name in the portal.
    pub server_name: Option<String>,
    /// The Smart Account's name.
    pub account: Option<String>,
    /// One row per pool.
    pub rows: Vec<Row>,
    /// The lease's serial.
    pub lease_serial: Option<u64>,
    /// When the response was signed that this installation runs by, offline.
    pub offline_since: Option<Timestamp>,
    /// Until when the lease holds without contact.
    pub lease_until: Option<Timestamp>,
    /// When a trusted answer last came.
    pub last_contact: Option<Timestamp>,
    /// When to check in next.
    pub next_check_in: Option<Timestamp>,
    /// What somebody should know or do, most urgent first.
    pub warnings: Vec<Warning>,
}

/// One row of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// APP. NAME, such as "IP Fax server red. (channels)".
    pub name: String,
    /// TYPE.
    pub license: License,
    /// CAPACITY that may run now.
    pub capacity: u32,
    /// CARE in force.
    pub care: Option<CareLevel>,
    /// START.
    pub start: Date,
    /// TERM DATE.
    pub term: Option<Date>,
    /// STATUS.
    pub status: RowStatus,
    /// SERVICES that the care in force includes; none where nothing runs.
    pub services: Vec<String>,
}

/// Why a row has the capacity that it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowStatus {
    /// Within its term.
    Active,
    /// After its term: it should be renewed.
    InGrace,
    /// It begins later.
    NotStarted,
    /// Its term and grace are over.
    Ended,
    /// A member disabled the server.
    Disabled,
    /// There was no contact for longer than the lease holds.
    LeaseEnded,
}

impl Status {
    /// The status before the first activation.
    pub fn not_activated() -> Self {
        Self::of(None, &State::default(), Timestamp::UNIX_EPOCH, false)
    }

    /// The status of an installation at an instant. `damaged` says that its file was not readable in full.
    pub fn of(server: Option<&str>, state: &State, now: Timestamp, damaged: bool) -> Self {
        let lease = state.lease.as_ref().map(|held| &held.document);
        let offline = state.offline.as_ref().map(|held| &held.document);
        let by_contact = |time: Option<Timestamp>| time.filter(|_| offline.is_none());
        let server_name = offline.map(|lease| &lease.server_name).or_else(|| lease.map(|lease| &lease.server_name));
        let account = offline.map(|lease| &lease.account).or_else(|| lease.map(|lease| &lease.account));
        Self {
            server: server.map(str::to_owned),
            server_name: server_name.cloned(),
            account: account.cloned(),
            rows: rows(state, now),
            lease_serial: offline.map(|lease| lease.serial).or_else(|| lease.map(|lease| lease.serial)),
            offline_since: offline.map(|lease| lease.binding.issued_at),
            lease_until: state.lease_until(),
            last_contact: by_contact(state.last_contact),
            next_check_in: by_contact(state.next_check_in),
            warnings: warning::warnings(server, state, now, damaged),
        }
    }
}

fn rows(state: &State, now: Timestamp) -> Vec<Row> {
    let Some(segments) = state.segments() else { return Vec::new() };
    let mut pools: BTreeMap<_, Vec<&Segment>> = BTreeMap::new();
    for segment in segments {
        pools.entry((segment.redundancy, &segment.application, segment.license)).or_default().push(segment);
    }
    let stopped = if state.offline.is_some() {
        None
    } else if state.is_disabled_at(now) {
        Some(RowStatus::Disabled)
    } else if state.is_expired_at(now) {
        Some(RowStatus::LeaseEnded)
    } else {
        None
    };
    pools.values().filter_map(|segments| row(segments, state.lease_time(now), stopped)).collect()
}

/// The segment that holds, else the next one, else the last one.
fn row(segments: &[&Segment], instant: Timestamp, stopped: Option<RowStatus>) -> Option<Row> {
    let holding = segments.iter().find(|segment| segment.holds_at(instant));
    let coming = || segments.iter().filter(|segment| segment.from > instant).min_by_key(|segment| segment.from);
    let past = || segments.iter().max_by_key(|segment| segment.from);
    let segment = holding.or_else(coming).or_else(past)?;
    let by_date = match (holding, segment.from > instant, segment.status) {
        (None, true, _) => RowStatus::NotStarted,
        (None, false, _) => RowStatus::Ended,
        (Some(_), _, SegmentStatus::Active) => RowStatus::Active,
        (Some(_), _, SegmentStatus::InGrace) => RowStatus::InGrace,
    };
    let runs = holding.is_some() && stopped.is_none();
    Some(Row {
        name: name(segment),
        license: segment.license,
        capacity: if runs { segment.capacity } else { 0 },
        care: segment.care,
        start: segment.start,
        term: segment.term,
        status: stopped.unwrap_or(by_date),
        services: if runs { segment.services.clone() } else { Vec::new() },
    })
}

fn name(segment: &Segment) -> String {
    let redundancy = if segment.redundancy { " red." } else { "" };
    // Applications that are licensed as such have no unit to show.
    let unit = if segment.unit == "instances" { String::new() } else { format!(" ({})", segment.unit) };
    format!("{}{redundancy}{unit}", segment.application)
}

impl fmt::Display for RowStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Active => "Active",
            Self::InGrace => "In grace",
            Self::NotStarted => "Not started",
            Self::Ended => "Ended",
            Self::Disabled => "Disabled",
            Self::LeaseEnded => "Lease ended",
        })
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(server) = &self.server {
            match &self.server_name {
                Some(name) => writeln!(f, "Server         {name} ({server})")?,
                None => writeln!(f, "Server         {server}")?,
            }
        }
        if let Some(account) = &self.account {
            writeln!(f, "Smart Account  {account}")?;
        }
        if self.lease_serial.is_some() {
            writeln!(f)?;
            table(f, &self.rows)?;
        }
        writeln!(f)?;
        for (label, time) in [
            ("Offline since", self.offline_since),
            ("Lease until", self.lease_until),
            ("Last contact", self.last_contact),
            ("Next check-in", self.next_check_in),
        ] {
            if let Some(time) = time {
                writeln!(f, "{label:<15}{}", instant(time))?;
            }
        }
        self.warnings.iter().try_for_each(|warning| writeln!(f, "Warning        {warning}"))
    }
}

const COLUMNS: usize = 8;
const HEADINGS: [&str; COLUMNS] = ["APP. NAME", "TYPE", "CAPACITY", "CARE", "START", "TERM DATE", "STATUS", "SERVICES"];
const CAPACITY_COLUMN: usize = 2;

fn table(f: &mut fmt::Formatter<'_>, rows: &[Row]) -> fmt::Result {
    if rows.is_empty() {
        return writeln!(f, "No licences are assigned to this server.");
    }
    let lines: Vec<[String; COLUMNS]> =
        std::iter::once(HEADINGS.map(str::to_owned)).chain(rows.iter().map(cells)).collect();
    let widths: [usize; COLUMNS] =
        std::array::from_fn(|column| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0));
    for line in &lines {
        let padded = line.iter().zip(widths).enumerate().map(|(column, (cell, width))| {
            if column == CAPACITY_COLUMN { format!("{cell:>width$}") } else { format!("{cell:<width$}") }
        });
        writeln!(f, "{}", padded.collect::<Vec<_>>().join("  ").trim_end())?;
    }
    Ok(())
}

fn cells(row: &Row) -> [String; COLUMNS] {
    let license = match row.license {
        License::Perpetual => "Perpetual",
        License::Subscription => "Subscription",
    };
    [
        row.name.clone(),
        license.to_owned(),
        row.capacity.to_string(),
        care(row.care).to_owned(),
        date(row.start),
        row.term.map_or_else(|| "-".to_owned(), date),
        row.status.to_string(),
        if row.services.is_empty() { "-".to_owned() } else { row.services.join(", ") },
    ]
}

fn care(level: Option<CareLevel>) -> &'static str {
    match level {
        None => "-",
        Some(CareLevel::Basic) => "BASIC",
        Some(CareLevel::Gold) => "GOLD",
        Some(CareLevel::Platinum) => "PLATINUM",
        Some(CareLevel::Unknown) => "OTHER",
    }
}

fn date(date: Date) -> String {
    format!("{:02}/{:02}/{:04}", date.day(), date.month(), date.year())
}

fn instant(time: Timestamp) -> String {
    let utc = time.to_zoned_datetime(TimeZone::UTC);
    format!("{} {:02}:{:02} UTC", date(utc.date()), utc.hour(), utc.minute())
}
