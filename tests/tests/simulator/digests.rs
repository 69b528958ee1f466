//! What people were told of endings: never twice.

use std::collections::{BTreeMap, BTreeSet};

use local::MailPart;

use crate::history::History;

/// 90, 30 and 7 days before the last day.
const TOLD_BEFORE_MAX: usize = 3;

impl History {
    /// Nobody gets two digests of one kind and day, and no row is spoken of more often than there are stages. A mail that
    /// came twice because the answer of the mail service was lost is one mail: it has one id.
    pub fn check_digests(&self) {
        let mut days: BTreeMap<(String, String), BTreeSet<String>> = BTreeMap::new();
        let mut told: BTreeMap<(String, String), BTreeSet<String>> = BTreeMap::new();
        for mail in self.stack.mailbox.all() {
            let Some(link) = mail.header("List-Unsubscribe") else { continue };
            let id = mail.header("Message-ID").unwrap_or_default();
            let day = mail.header("Date").unwrap_or_default();
            // The link names reader and kind.
            days.entry((link.clone(), day)).or_default().insert(id.clone());
            let text = mail.part(MailPart::Text).unwrap_or_default();
            let mut customer = String::new();
            let lines: Vec<&str> = text.lines().collect();
            for pair in lines.windows(2) {
                match pair[0].strip_prefix("- ") {
                    Some(row) => {
                        let row = format!("{customer}: {row} {}", pair[1].trim());
                        told.entry((link.clone(), row)).or_default().insert(id.clone());
                    }
                    None if pair[1].is_empty() && !pair[0].is_empty() => pair[0].clone_into(&mut customer),
                    None => {}
                }
            }
        }
        for (of, ids) in days {
            assert!(ids.len() == 1, "{of:?}: {ids:?}");
        }
        for (of, ids) in told {
            assert!(ids.len() <= TOLD_BEFORE_MAX, "{of:?}: {ids:?}");
        }
    }
}
