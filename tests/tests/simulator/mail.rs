//! The mailbox, and what must be in it.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::SignedDuration;

use crate::history::History;
use crate::orders::RECIPIENT;
use crate::report::Outcome;

/// How many hours the outbox gets to become quiet when there is no trouble any more.
const HOURS: usize = 12;

/// A link of an order mail.
pub struct Link {
    pub address: String,
    pub generation: u32,
}

impl Link {
    fn of(address: String) -> Self {
        let text = address.rsplit('/').next().unwrap_or_default();
        let bytes = URL_SAFE_NO_PAD.decode(text).unwrap();
        let generation = u32::from_be_bytes(bytes[16..20].try_into().unwrap());
        Self { address, generation }
    }
}

impl History {
    /// The link of the newest mail about an order, if one has arrived.
    pub fn newest_link(&self, number: &str) -> Option<Link> {
        self.links(number).into_iter().max_by_key(|link| link.generation)
    }

    fn links(&self, number: &str) -> Vec<Link> {
        let mails = self.stack.mailbox.to(RECIPIENT).into_iter().filter(|mail| mail.subject().contains(number));
        let links = mails.filter_map(|mail| mail.links().into_iter().find(|link| link.contains("/unlock/")));
        links.map(Link::of).collect()
    }

    /// Every recorded mail is sent or parked in the end, none more often than it was recorded.
    pub async fn check_mail(&mut self) {
        for _ in 0..HOURS {
            self.settle_all("mail", "retry").await;
            self.stack.deliver_mail().await;
            self.clock.advance(SignedDuration::from_hours(1));
        }
        // A digest waits for its day, up to a week.
        self.clock.advance(SignedDuration::from_hours(8 * 24));
        self.stack.deliver_mail().await;
        self.check_outbox().await;
        for (number, order) in &self.model.orders {
            let links = self.links(number);
            let generations: BTreeSet<u32> = links.iter().map(|link| link.generation).collect();
            assert!(generations.len() <= order.mails, "{number}: {generations:?} of {}", order.mails);
            // What was cancelled before its mail went out needs no link any more, and an import has none.
            let is_dismissed = self.model.dismissed.contains(&order.id);
            let needs_link = !order.is_cancelled() && order.mails > 0 && !is_dismissed;
            assert!(
                !needs_link || generations.contains(&order.generation),
                "{number}: no mail of link {}",
                order.generation
            );
            let mails = self.stack.mailbox.to(RECIPIENT).into_iter().filter(|mail| mail.subject().contains(number));
            let ids: BTreeSet<String> = mails.filter_map(|mail| mail.header("Message-ID")).collect();
            // The reader of the order mail is no member, so every mail about the order is an order mail.
            assert!(ids.len() <= order.mails, "{number}: {} mails of {} recorded", ids.len(), order.mails);
        }
    }

    /// Mails and events go out as far as they can.
    pub async fn deliver(&mut self) -> Outcome {
        self.stack.deliver_mail().await;
        self.hear();
        Outcome::Done
    }

    /// Nothing waits; what was sent has arrived, and nothing arrived that was not recorded.
    async fn check_outbox(&self) {
        let (mut recorded, mut sent) = (BTreeSet::new(), BTreeSet::new());
        for item in self.scan("OUTBOX#").await {
            let text = |name: &str| item[name].as_s().unwrap().as_str();
            assert!(["expanded", "sent", "dismissed"].contains(&text("state")), "{item:?}");
            let Some(reader) = text("sk").strip_prefix("READER#") else { continue };
            let id = format!("{}.{reader}", text("pk").trim_start_matches("OUTBOX#"));
            sent.extend((text("state") == "sent").then(|| id.clone()));
            recorded.insert(id);
        }
        let mails = self.stack.mailbox.all();
        let ids = mails.iter().filter_map(|mail| mail.header("Message-ID"));
        let arrived: BTreeSet<String> =
            ids.filter_map(|id| id.trim_matches(['<', '>']).split('@').next().map(str::to_owned)).collect();
        assert!(sent.is_subset(&arrived), "sent, but not there: {:?}", sent.difference(&arrived));
        assert!(arrived.is_subset(&recorded), "invented: {:?}", arrived.difference(&recorded));
    }
}
