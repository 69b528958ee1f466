//! The product once more, as plain as can be: sums over lists, day by day.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

use crate::catalogue::Row;
use crate::spent::Strings;

/// Days after a term during which capacity is still served, where staff has not lengthened them.
pub const GRACE_DAYS: i64 = 30;

/// A line of an order, or what it gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub sku: &'static str,
    pub quantity: u32,
    pub code: String,
    pub row: Row,
    pub start: Date,
    pub term: Option<Date>,
    /// What was ordered, then one for each renewal.
    pub spans: Vec<Span>,
    /// First day of its latest care.
    pub care_start: Date,
    pub cancelled: bool,
}

/// Capacity between two days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    pub capacity: u32,
    pub start: Date,
    pub term: Option<Date>,
}

#[derive(Debug, Clone)]
pub struct Order {
    pub id: String,
    pub customer: usize,
    pub revision: u32,
    pub lines: Vec<Line>,
    pub generation: u32,
    pub unlocked: Option<Timestamp>,
    /// To whom it was forwarded, and when.
    pub forwards: Vec<(String, Timestamp)>,
    /// Order mails that were recorded for it.
    pub mails: usize,
}

#[derive(Debug, Clone, Default)]
pub struct Server {
    pub name: String,
    pub cells: BTreeMap<Row, u32>,
    pub disabled: Option<Timestamp>,
    /// What it had when it was disabled.
    pub aside: BTreeMap<Row, u32>,
    /// What of each row was used or could come back when it was disabled: up to here it returns even where less is in
    /// force meanwhile.
    pub claimed: BTreeMap<Row, u32>,
    pub has_token: bool,
    pub activated: bool,
    pub releases: Vec<Timestamp>,
    pub is_offline: bool,
    /// What strings gave its installation.
    pub strings: Option<Strings>,
}

#[derive(Debug, Clone)]
pub struct Account {
    pub id: String,
    pub grants: Vec<(String, Line)>,
    /// In the order in which they were added, so that a seed finds the same one again.
    pub servers: IndexMap<String, Server>,
    /// Members beside its manager, and whether they are managers too.
    pub members: BTreeMap<String, bool>,
    /// Who asks to become one, and since when.
    pub requests: BTreeMap<String, Timestamp>,
    /// Resellers that have to do with it, and whether they manage it.
    pub resellers: BTreeMap<&'static str, bool>,
    /// Days after a term during which capacity is still served.
    pub grace_days: i64,
    /// When offline installations were declared lost.
    pub losses: Vec<Timestamp>,
    /// How often what was done.
    pub audit: BTreeMap<&'static str, u64>,
}

impl Default for Account {
    fn default() -> Self {
        Self {
            id: String::new(),
            grants: Vec::new(),
            servers: IndexMap::new(),
            members: BTreeMap::new(),
            requests: BTreeMap::new(),
            resellers: BTreeMap::new(),
            grace_days: GRACE_DAYS,
            losses: Vec::new(),
            audit: BTreeMap::new(),
        }
    }
}

#[derive(Debug, Default)]
pub struct Model {
    pub orders: BTreeMap<String, Order>,
    pub accounts: [Account; 2],
    /// Managers of resellers whom staff has made.
    pub reseller_managers: BTreeSet<(&'static str, String)>,
    /// Mails and events that staff has dismissed, and the orders of such mails.
    pub dismissed: BTreeSet<String>,
    /// How often what was done about orders, resellers and the vendor.
    audit: BTreeMap<(&'static str, &'static str), u64>,
}

/// What a change of licences has touched.
#[derive(Debug, Clone, Copy)]
pub struct Touched {
    pub account: bool,
    /// Orders whose lines have given nothing yet.
    pub orders: u64,
}

/// The day in UTC.
pub fn day(now: Timestamp) -> Date {
    now.to_zoned_datetime(TimeZone::UTC).date()
}

/// The instant of an hour of a day, in UTC.
fn at(day: Date, hour: i8) -> Timestamp {
    day.at(hour, 0, 0, 0).to_zoned_datetime(TimeZone::UTC).unwrap().timestamp()
}

impl Span {
    /// From 10:00 UTC of the day before the start on.
    pub fn begins(&self) -> Timestamp {
        at(self.start.saturating_sub(1.day()), 10)
    }

    /// Until 12:00 UTC of the day after the term.
    fn ends(&self, more_days: i64) -> Option<Timestamp> {
        Some(at(self.term?.saturating_add((1 + more_days).days()), 12))
    }

    /// Whether it is in force or in grace; a later one that begins ends the grace.
    fn is_served(&self, now: Timestamp, later: &[Self], grace_days: i64) -> bool {
        let is_in_force = self.ends(0).is_none_or(|end| now < end);
        let is_succeeded = later.iter().any(|later| later.holds_at_all() && later.begins() <= now);
        let is_graced = !is_succeeded && self.ends(grace_days).is_none_or(|end| now < end);
        self.holds_at_all() && self.begins() <= now && (is_in_force || is_graced)
    }

    fn holds_at_all(&self) -> bool {
        self.term.is_none_or(|last| self.start <= last)
    }

    fn holds_on(&self, day: Date) -> bool {
        self.start <= day && self.term.is_none_or(|last| day <= last)
    }
}

impl Line {
    /// Whether all its terms are over for everybody on earth.
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.spans.iter().all(|span| span.ends(0).is_some_and(|end| end <= now))
    }

    /// Terms of one licence never add: the larger counts.
    fn in_force_on(&self, day: Date) -> u32 {
        let holding = self.spans.iter().filter(|span| span.holds_on(day));
        holding.map(|span| span.capacity).max().unwrap_or(0)
    }

    fn served(&self, now: Timestamp, grace_days: i64) -> u32 {
        let spans = self.spans.iter().enumerate();
        let served = spans.filter(|(index, span)| span.is_served(now, &self.spans[index + 1..], grace_days));
        served.map(|(_, span)| span.capacity).max().unwrap_or(0)
    }
}

impl Order {
    /// Whether there is nothing left to unlock.
    pub fn is_cancelled(&self) -> bool {
        self.unlocked.is_none() && self.lines.iter().all(|line| line.cancelled)
    }
}

impl Model {
    /// Something was done about an order, a reseller or the vendor.
    pub fn did(&mut self, trail: &'static str, what: &'static str) {
        self.did_times(trail, what, 1);
    }

    pub fn did_times(&mut self, trail: &'static str, what: &'static str, times: u64) {
        if times > 0 {
            *self.audit.entry((trail, what)).or_default() += times;
        }
    }

    /// Whose audit trail has how many entries of what.
    pub fn trails(&self) -> BTreeMap<(String, String), u64> {
        let own = self.audit.iter().map(|((trail, what), count)| ((*trail).to_owned(), *what, *count));
        let of_accounts = self
            .accounts
            .iter()
            .flat_map(|account| account.audit.iter().map(|(what, count)| (account.id.clone(), *what, *count)));
        own.chain(of_accounts).map(|(trail, what, count)| ((trail, what.to_owned()), count)).collect()
    }

    /// A licence as it is now: in the account where that has it, otherwise on its line.
    pub fn license(&self, customer: usize, code: &str) -> Line {
        let granted = self.accounts[customer].grants.iter().map(|(_, line)| line).find(|line| line.code == code);
        let ordered = || self.orders.values().flat_map(|order| &order.lines).find(|line| line.code == code);
        granted.or_else(ordered).unwrap().clone()
    }

    /// Codes of an order that are not cancelled yet.
    pub fn left(&self, number: &str) -> Vec<String> {
        let order = &self.orders[number];
        let codes = order.lines.iter().map(|line| line.code.clone());
        codes.filter(|code| !self.license(order.customer, code).cancelled).collect()
    }

    /// Changes licences in the account, or on the lines of their orders. What had
    /// ended before its unlock comes into the account unless it is cancelled; a locked order's mail comes again.
    pub fn change(&mut self, customer: usize, codes: &[String], change: impl Fn(&mut Line)) -> Touched {
        let account = &mut self.accounts[customer];
        let (mut applied, mut orders) = (false, 0);
        let had: Vec<String> = account.grants.iter().map(|(_, line)| line.code.clone()).collect();
        for (_, line) in account.grants.iter_mut().filter(|(_, line)| codes.contains(&line.code)) {
            change(line);
            applied = true;
        }
        for order in self.orders.values_mut() {
            let waits = |line: &&mut Line| codes.contains(&line.code) && !had.contains(&line.code);
            let waiting: Vec<&mut Line> = order.lines.iter_mut().filter(waits).collect();
            let is_touched = !waiting.is_empty();
            orders += u64::from(is_touched);
            let mut given = Vec::new();
            for line in waiting {
                change(line);
                if order.unlocked.is_some() && !line.cancelled {
                    given.push((order.id.clone(), line.clone()));
                }
            }
            if is_touched && order.unlocked.is_none() {
                order.mails += 1;
                order.generation += u32::from(!order.is_cancelled());
            }
            applied |= !given.is_empty();
            account.grants.extend(given);
        }
        Touched { account: applied, orders }
    }
}

impl Account {
    pub fn is_made(&self) -> bool {
        !self.id.is_empty()
    }

    pub fn has(&self, code: &str) -> bool {
        self.grants.iter().any(|(_, line)| line.code == code)
    }

    pub fn rows(&self) -> BTreeSet<Row> {
        let of_cells = self.servers.values().flat_map(|server| server.cells.keys().copied());
        self.grants.iter().map(|(_, line)| line.row).chain(of_cells).collect()
    }

    /// What is assigned, or spent where that is more.
    pub fn used(&self, row: Row) -> u32 {
        self.servers.values().map(|server| server.counts(row)).sum()
    }

    /// What servers have of each row, and what may still come back to those that are disabled.
    pub fn claimed(&self, now: Timestamp) -> BTreeMap<Row, u32> {
        let of_server = |server: &Server, row: Row| {
            let returns = server.disabled.is_some_and(|effective| now < effective);
            let aside = server.aside.get(&row).copied().filter(|_| returns).unwrap_or(0);
            server.counts(row).max(aside)
        };
        let of_row = |row: Row| self.servers.values().map(|server| of_server(server, row)).sum();
        self.rows().into_iter().map(|row| (row, of_row(row))).collect()
    }

    /// The largest capacity in force on any day from today on. It can only rise where a grant starts.
    pub fn total(&self, row: Row, today: Date) -> u32 {
        let lines: Vec<&Line> = self.grants.iter().map(|(_, line)| line).filter(|line| line.row == row).collect();
        let starts = lines.iter().flat_map(|line| &line.spans).map(|span| span.start);
        let days = starts.map(|start| start.max(today)).chain([today]);
        let in_force = |day: Date| lines.iter().map(|line| line.in_force_on(day)).sum();
        days.map(in_force).max().unwrap_or(0)
    }

    /// What may run of a row: in force and in grace.
    pub fn served(&self, row: Row, now: Timestamp) -> u32 {
        let lines = self.grants.iter().map(|(_, line)| line).filter(|line| line.row == row);
        lines.map(|line| line.served(now, self.grace_days)).sum()
    }

    /// Primary capacity of an application on all servers but one.
    fn primary_elsewhere(&self, application: &str, server: &str) -> u32 {
        let others = self.servers.iter().filter(|(id, _)| *id != server);
        let primary = |row: &Row| row.application == application && !row.redundancy;
        others.flat_map(|(_, other)| &other.cells).filter(|(row, _)| primary(row)).map(|(_, capacity)| capacity).sum()
    }

    fn redundant_on(&self, application: &str, server: &str) -> u32 {
        let redundant = |row: &Row| row.application == application && row.redundancy;
        self.servers[server].cells.iter().filter(|(row, _)| redundant(row)).map(|(_, capacity)| capacity).sum()
    }

    /// The account with these cells, and every reason to refuse them.
    pub fn saved(&self, cells: &[(String, Row, u32)], today: Date) -> (Self, BTreeSet<&'static str>) {
        let (mut after, mut refusals) = (self.clone(), BTreeSet::new());
        for (server, row, capacity) in cells {
            let server = after.servers.get_mut(server).unwrap();
            let before = server.cells.get(row).copied().unwrap_or(0);
            if server.disabled.is_some() && *capacity > before {
                refusals.insert("server_disabled");
            }
            if server.is_offline && !row.perpetual && *capacity > before {
                refusals.insert("offline_not_allowed");
            }
            server.cells.insert(*row, *capacity);
            server.cells.retain(|_, capacity| *capacity > 0);
        }
        for row in self.rows().union(&cells.iter().map(|(_, row, _)| *row).collect()) {
            if after.used(*row) > self.used(*row) && after.used(*row) > self.total(*row, today) {
                refusals.insert("over_assigned");
            }
        }
        for (server, row, _) in cells.iter().filter(|(_, row, _)| row.redundancy) {
            let redundant = after.redundant_on(row.application, server);
            let raised = redundant > self.redundant_on(row.application, server);
            if raised && redundant > after.primary_elsewhere(row.application, server) {
                refusals.insert("redundancy_exceeds_primary");
            }
        }
        (after, refusals)
    }

    pub fn is_managed_by(&self, reseller: &str) -> bool {
        self.resellers.get(reseller) == Some(&true)
    }

    /// An order that came through a reseller is unlocked: the first one's manages the account, another asks for it.
    pub fn came_through(&mut self, reseller: &'static str) {
        let makes_account = !self.is_made();
        self.resellers.entry(reseller).or_insert(makes_account);
    }

    pub fn did(&mut self, what: &'static str) {
        *self.audit.entry(what).or_default() += 1;
    }
}

/// From when on a server that is disabled now runs nothing.
pub fn effective_at(now: Timestamp) -> Timestamp {
    now + SignedDuration::from_hours(24)
}
