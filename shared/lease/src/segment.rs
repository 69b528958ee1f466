//! Segments: what a lease lets a server run, in dated pieces.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// How a licence is sold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum License {
    /// Bought once; its care has a term.
    Perpetual,
    /// Bought for a term.
    Subscription,
}

/// Whether a segment lies within its term or in the grace after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum SegmentStatus {
    /// Within the term.
    Active,
    /// After the term: it still runs, and somebody should renew.
    InGrace,
}

/// The maintenance level of a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CareLevel {
    /// Basic.
    Basic,
    /// Gold.
    Gold,
    /// Platinum.
    Platinum,
    /// A level that this version doesn't know yet. Only read, never written: a new level must not make a lease
    /// unreadable.
    #[serde(other)]
    Unknown,
}

/// One dated piece of a lease. Segments of one pool (application, redundancy, license) never overlap.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Segment {
    /// The application, such as "IP Fax server".
    pub application: String,
    /// Whether it is the "red." capacity.
    pub redundancy: bool,
    /// How it is sold.
    pub license: License,
    /// What is counted, such as `channels`.
    pub unit: String,
    /// How many units may run.
    pub capacity: u32,
    /// The first instant.
    pub from: Timestamp,
    /// The instant at which it is over; `None` is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// Within the term or in grace.
    pub status: SegmentStatus,
    /// The care in force, if any.
    pub care: Option<CareLevel>,
    /// START, to show.
    pub start: Date,
    /// TERM DATE, to show; `None` where nothing ends.
    pub term: Option<Date>,
    /// The services that the care in force includes and the server's activation mode allows, by name, such as
    /// `support` or `proactive-support`. Empty where there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub services: Vec<String>,
}

impl Segment {
    /// Whether it holds at an instant.
    pub fn holds_at(&self, instant: Timestamp) -> bool {
        self.from <= instant && self.until.is_none_or(|until| instant < until)
    }
}
