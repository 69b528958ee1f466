//! What happens to whom. Days count from today; what has a past was ordered [`PAST_DAYS`] ago.

/// How long ago the past is: long enough for a term to end and its grace to pass, short enough for what servers were
/// told then to hold still.
pub(super) const PAST_DAYS: i64 = 45;

const FAX: &str = "IP Fax server";
const QUEUE: &str = "Advanced Queueing";
const ATTENDANT: &str = "Auto Attendant";
const BILLING: &str = "Accounting & Billing";
const RECORDING: &str = "Call Recording";
const DESK: &str = "Blue's Attendant Enterprise";

/// A line of an order.
pub(super) struct Line {
    pub(super) sku: &'static str,
    pub(super) quantity: u32,
    /// Last day of a subscription; a perpetual licence has none.
    pub(super) ends: Option<i64>,
    pub(super) starts: i64,
    pub(super) care: &'static str,
    pub(super) care_ends: i64,
}

/// What a server gets of a row.
pub(super) struct Cell {
    pub(super) server: usize,
    pub(super) application: &'static str,
    pub(super) redundancy: bool,
    pub(super) perpetual: bool,
    pub(super) capacity: u32,
}

/// What comes after the activation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Then {
    Nothing,
    /// A second installation uses the token of the first server.
    SecondInstallation,
    /// The last server is disabled.
    Disable,
}

/// One customer's way to where it stands.
pub(super) struct Story {
    pub(super) past: bool,
    pub(super) lines: Vec<Line>,
    pub(super) servers: Vec<&'static str>,
    pub(super) cells: Vec<Cell>,
    /// How many of the servers have an `ApplicationSuite`, from the first.
    pub(super) active: usize,
    pub(super) then: Then,
}

/// Where a customer stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Plain,
    Redundant,
    Perpetual,
    Available,
    EndsSoon,
    Fresh,
    Several,
    CareEnded,
    Conflict,
    Disabled,
    DisabledLongAgo,
    InGrace,
    Ended,
    Short,
}

use Kind::{
    Available, CareEnded, Conflict, Disabled, DisabledLongAgo, Ended, EndsSoon, Fresh, InGrace, Perpetual, Plain,
    Redundant, Several, Short,
};

/// In the order of [`super::customers::CUSTOMERS`].
pub(super) const STORIES: [Kind; 40] = [
    Several,
    Redundant,
    EndsSoon,
    Plain,
    InGrace,
    Conflict,
    Plain,
    Short,
    Perpetual,
    Plain,
    Ended,
    Fresh,
    Plain,
    Disabled,
    Available,
    Plain,
    Redundant,
    Perpetual,
    CareEnded,
    Plain,
    EndsSoon,
    Plain,
    DisabledLongAgo,
    Perpetual,
    Redundant,
    Fresh,
    InGrace,
    Plain,
    Several,
    Short,
    Plain,
    Available,
    Perpetual,
    EndsSoon,
    Plain,
    Redundant,
    Ended,
    Perpetual,
    Plain,
    Fresh,
];

impl Kind {
    /// What one sees there, for whoever looks for it.
    pub(super) fn shows(self) -> &'static str {
        match self {
            Plain => "active, nothing to do",
            Redundant => "two servers, red. rows",
            Perpetual => "perpetual licences",
            Available => "assigned, not activated yet",
            EndsSoon => "ends within 30 days",
            Fresh => "just unlocked, nothing assigned",
            Several => "five servers",
            CareEnded => "care that has ended",
            Conflict => "two installations with one token",
            Disabled => "a server disabled just now",
            DisabledLongAgo => "a server disabled long ago",
            InGrace => "in grace",
            Ended => "ended",
            Short => "more assigned than there is",
        }
    }

    /// How it came about; `n` makes one customer larger than another.
    pub(super) fn story(self, n: u32) -> Story {
        let year = (-120, 244);
        match self {
            Plain => plain(n, year.1),
            Available => Story { active: 0, ..plain(n, year.1) },
            EndsSoon => plain(n, 5 + i64::from(n)),
            Redundant => redundant(),
            Perpetual => perpetual(n, 200),
            CareEnded => perpetual(n, -20),
            Fresh => Story { servers: Vec::new(), cells: Vec::new(), active: 0, ..plain(n, year.1) },
            Several => several(),
            Conflict => Story { then: Then::SecondInstallation, ..plain(n, year.1) },
            Disabled => two_servers(Then::Disable, false, year.1),
            DisabledLongAgo => two_servers(Then::Disable, true, year.1),
            InGrace => Story { past: true, ..plain(n, -3 - i64::from(n)) },
            Ended => Story { past: true, ..plain(n, -40) },
            Short => short(),
        }
    }
}

fn subscription(sku: &'static str, quantity: u32, starts: i64, ends: i64) -> Line {
    Line { sku, quantity, ends: Some(ends), starts, care: "gold", care_ends: ends }
}

fn owned(sku: &'static str, quantity: u32, care: &'static str, care_ends: i64) -> Line {
    Line { sku, quantity, ends: None, starts: care_ends - 364, care, care_ends }
}

fn cell(server: usize, application: &'static str, capacity: u32) -> Cell {
    Cell { server, application, redundancy: false, perpetual: false, capacity }
}

fn spare(server: usize, application: &'static str, capacity: u32) -> Cell {
    Cell { redundancy: true, ..cell(server, application, capacity) }
}

fn kept(server: usize, application: &'static str, capacity: u32) -> Cell {
    Cell { perpetual: true, ..cell(server, application, capacity) }
}

/// Fax and queueing on one server; one fax channel is left where there are many.
fn plain(n: u32, ends: i64) -> Story {
    let (pieces, starts) = (1 + n % 4, ends - 364);
    let fax = 4 * pieces - u32::from(pieces > 2);
    Story {
        past: false,
        lines: vec![subscription("IM120-4L", pieces, starts, ends), subscription("IM140-20L", 1, starts, ends)],
        servers: vec!["Server 1"],
        cells: vec![cell(0, FAX, fax), cell(0, QUEUE, 20)],
        active: 1,
        then: Then::Nothing,
    }
}

/// The table of the brief.
fn redundant() -> Story {
    let skus = ["IM140-20L", "IM150-1L", "IM120-4L", "IM140-20R", "IM150-1R", "IM120-4R"];
    Story {
        past: false,
        lines: skus.into_iter().map(|sku| subscription(sku, 1, -90, 274)).collect(),
        servers: vec!["Server 1", "Server 2"],
        cells: vec![
            cell(0, QUEUE, 20),
            cell(0, ATTENDANT, 1),
            cell(0, FAX, 4),
            spare(1, QUEUE, 20),
            spare(1, ATTENDANT, 1),
            spare(1, FAX, 4),
        ],
        active: 2,
        then: Then::Nothing,
    }
}

/// Licences that could be used without being online.
fn perpetual(n: u32, care_ends: i64) -> Story {
    Story {
        past: false,
        lines: vec![
            owned("IM130-5L", 1 + n % 3, "gold", care_ends),
            owned("IM140-20L", 1, if n.is_multiple_of(2) { "gold" } else { "platinum" }, care_ends),
            owned("IM110-2500L", 1, "basic", care_ends),
        ],
        servers: vec!["Server 1"],
        cells: vec![kept(0, DESK, 5), kept(0, QUEUE, 20), kept(0, BILLING, 2500)],
        active: 1,
        then: Then::Nothing,
    }
}

/// A group with sites: some active, one waiting, some capacity left.
fn several() -> Story {
    Story {
        past: false,
        lines: vec![
            subscription("IM120-4L", 6, -200, 164),
            subscription("IM120-4R", 2, -200, 164),
            subscription("IM162-90L", 2, -30, 334),
            subscription("IM140-20L", 3, -200, 25),
            owned("IM110-2500L", 2, "gold", 120),
            owned("IM130-1L", 12, "platinum", 120),
        ],
        servers: vec!["Sede", "Magazzino", "Filiale nord", "Filiale sud", "Collaudo"],
        cells: vec![
            cell(0, FAX, 12),
            cell(1, FAX, 4),
            spare(1, FAX, 8),
            cell(2, FAX, 4),
            cell(0, RECORDING, 90),
            cell(2, RECORDING, 40),
            cell(3, RECORDING, 30),
            cell(0, QUEUE, 40),
            cell(3, QUEUE, 20),
            kept(0, BILLING, 2500),
            kept(2, BILLING, 1000),
            kept(0, DESK, 8),
            kept(4, DESK, 1),
        ],
        active: 4,
        then: Then::Nothing,
    }
}

fn two_servers(then: Then, past: bool, ends: i64) -> Story {
    Story {
        past,
        lines: vec![subscription("IM120-4L", 2, ends - 364, ends), subscription("IM162-90L", 1, ends - 364, ends)],
        servers: vec!["Server 1", "Server 2"],
        cells: vec![cell(0, FAX, 4), cell(0, RECORDING, 50), cell(1, FAX, 2), cell(1, RECORDING, 20)],
        active: 2,
        then,
    }
}

/// All of two licences is in use when one of them ends and is not renewed.
fn short() -> Story {
    Story {
        past: true,
        lines: vec![
            subscription("IM120-4L", 2, -300, 64),
            subscription("IM120-4L", 1, -404, -40),
            subscription("IM140-20L", 1, -300, 64),
        ],
        servers: vec!["Server 1", "Server 2"],
        cells: vec![cell(0, FAX, 8), cell(1, FAX, 4), cell(0, QUEUE, 20)],
        active: 2,
        then: Then::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_kind_has_somebody_and_what_ends_soon_ends_within_thirty_days() {
        assert_eq!(STORIES.iter().collect::<BTreeSet<_>>().len(), 14);
        for (n, kind) in (0..).zip(STORIES) {
            let story = kind.story(n % 10);
            let first = story.lines.iter().filter_map(|line| line.ends).min();
            assert!(kind != EndsSoon || first.is_some_and(|day| (1..30).contains(&day)));
            assert!(kind != InGrace || first.is_some_and(|day| (-29..-1).contains(&day)));
            assert!(story.past || first.is_none_or(|day| day > 0), "{kind:?}");
            assert!(story.cells.iter().all(|cell| cell.server < story.servers.len()));
        }
    }
}
