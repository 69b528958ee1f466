//! What can happen between an installation and the service.

use proptest::prelude::*;

#[derive(Debug, Clone)]
pub enum Step {
    CheckIn(Fate),
    Wait(i64),
    /// 40 days in which the key is changed twice, and nobody is reached.
    LongOutage,
    SetClock(i64),
    DiskFull(bool),
    LoseFile {
        attempt_readable: bool,
        key_set_readable: bool,
    },
    Change(u32),
    Disable,
    Enable,
    RegenerateToken,
    PasteToken,
    Rotate,
    RenewKeySet,
    RestoreTable,
}

/// What becomes of one check-in.
#[derive(Debug, Clone)]
pub enum Fate {
    Answered,
    /// The answer comes twice.
    AnsweredTwice,
    RequestLost,
    AnswerLost,
    /// Somebody in between says no; the request may have arrived.
    Unsigned {
        status: u16,
        retry_after_secs: Option<i64>,
        arrived: bool,
    },
    /// Somebody in between answers instead.
    Forged(Forgery),
}

#[derive(Debug, Clone)]
pub enum Forgery {
    /// An answer that was right once: yesterday's or last month's.
    Replay(prop::sample::Index),
    /// The right answer with another byte.
    OtherByte(prop::sample::Index),
    /// The right answer under another key.
    WrongKey,
    /// An answer under a key of a set that another root signed, which comes along.
    ForeignRoot { refuses: bool },
    /// Signed by us, for another server.
    OtherServer { refuses: bool },
}

fn forgery() -> impl Strategy<Value = Forgery> {
    prop_oneof![
        any::<prop::sample::Index>().prop_map(Forgery::Replay),
        any::<prop::sample::Index>().prop_map(Forgery::OtherByte),
        Just(Forgery::WrongKey),
        any::<bool>().prop_map(|refuses| Forgery::ForeignRoot { refuses }),
        any::<bool>().prop_map(|refuses| Forgery::OtherServer { refuses }),
    ]
}

fn fate() -> impl Strategy<Value = Fate> {
    let status = prop_oneof![Just(401), Just(403), Just(407), Just(429), Just(500), Just(502), Just(503)];
    let unsigned = (status, prop::option::of(-10..10_000_000_i64), any::<bool>())
        .prop_map(|(status, retry_after_secs, arrived)| Fate::Unsigned { status, retry_after_secs, arrived });
    prop_oneof![
        5 => Just(Fate::Answered),
        1 => Just(Fate::AnsweredTwice),
        1 => Just(Fate::RequestLost),
        2 => Just(Fate::AnswerLost),
        2 => unsigned,
        3 => forgery().prop_map(Fate::Forged),
    ]
}

pub fn step() -> impl Strategy<Value = Step> {
    let lose = |(attempt_readable, key_set_readable)| Step::LoseFile { attempt_readable, key_set_readable };
    prop_oneof![
        16 => fate().prop_map(Step::CheckIn),
        8 => (1..60_i64).prop_map(Step::Wait),
        1 => Just(Step::LongOutage),
        1 => prop_oneof![Just(0), -90_000..90_000_i64, -30..30_i64].prop_map(Step::SetClock),
        1 => any::<bool>().prop_map(Step::DiskFull),
        1 => any::<(bool, bool)>().prop_map(lose),
        2 => (0..50_u32).prop_map(Step::Change),
        1 => Just(Step::Disable),
        1 => Just(Step::Enable),
        1 => Just(Step::RegenerateToken),
        1 => Just(Step::PasteToken),
        1 => Just(Step::Rotate),
        1 => Just(Step::RenewKeySet),
        1 => Just(Step::RestoreTable),
    ]
}
