//! How a stack is to be.

use std::time::Duration;

use brand::Brand;
use http_api::Clock;
use licensing::text::EmailAddress;
use tokio::runtime::Handle;

use crate::gateway::Limits;
use crate::store::Data;

/// How a stack is to be.
#[derive(Debug, Clone)]
pub struct StackConfig {
    /// The port on loopback; 0 is any free one.
    pub port: u16,
    /// Where the data is.
    pub data: Data,
    /// What time it is, for functions, tokens and mails.
    pub clock: Clock,
    /// Whether the sample catalogue is loaded.
    pub catalogue: bool,
    /// The first members of the vendor.
    pub vendor_staff: Vec<EmailAddress>,
    /// Whether check-in refuses nobody.
    pub refusals_suspended: bool,
    /// How the vendor looks.
    pub brand: Brand,
    /// What the gateway allows.
    pub limits: Limits,
    /// How often the outbox is swept.
    pub sweep_every: Duration,
    /// Whether stream, sweep and `advance` run by themselves; otherwise [`crate::Stack::deliver_mail`] is all that moves
    /// the outbox and [`crate::Stack::advance`] all that takes accounts through the days, so that a random history can
    /// be told again.
    pub background: bool,
    /// Where the functions run; `None`: where the stack is started. A benchmark gives them a thread of their own.
    pub functions_on: Option<Handle>,
}

impl StackConfig {
    /// A stack in memory on a free port, as tests want it.
    pub fn in_memory(clock: Clock) -> Self {
        Self {
            port: 0,
            data: Data::Memory,
            clock,
            catalogue: true,
            vendor_staff: EmailAddress::parse("vendor@example.com").into_iter().collect(),
            refusals_suspended: false,
            brand: Brand::default(),
            limits: Limits::default(),
            sweep_every: Duration::from_secs(30),
            background: true,
            functions_on: None,
        }
    }

    pub(crate) fn runtime(&self) -> Handle {
        self.functions_on.clone().unwrap_or_else(Handle::current)
    }
}
