//! The audit trail as comma-separated values (RFC 4180).

use std::borrow::Cow;

use http_api::Failure;
use serde_json::Value;

use crate::document::EntryView;

const HEADS: [&str; 8] = ["at", "actor", "actorId", "actorName", "action", "person", "details", "version"];

/// Writes a table with a row for each entry.
pub(super) fn write(entries: impl Iterator<Item = EntryView>) -> Result<String, Failure> {
    let broken = |error: csv::Error| Failure::broken("write table", error);
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(HEADS).map_err(broken)?;
    for entry in entries {
        let cells = cells(&entry);
        writer.write_record(cells.iter().map(|cell| harmless(cell).into_owned())).map_err(broken)?;
    }
    let bytes = writer.into_inner().map_err(|error| Failure::broken("write table", error.into_error()))?;
    String::from_utf8(bytes).map_err(|error| Failure::broken("write table", error))
}

fn cells(entry: &EntryView) -> [String; 8] {
    let kind = serde_json::to_value(entry.actor.kind).ok();
    let person = entry.person.as_ref().and_then(|person| person.name.clone());
    [
        entry.at.to_string(),
        kind.as_ref().and_then(Value::as_str).unwrap_or_default().to_owned(),
        entry.actor.id.clone().unwrap_or_default(),
        entry.actor.name.clone().unwrap_or_default(),
        entry.action.clone(),
        person.unwrap_or_default(),
        entry.details.to_string(),
        entry.version.map(|version| version.to_string()).unwrap_or_default(),
    ]
}

/// A cell that no spreadsheet takes for a formula: names come from people, and a formula can send away what stands in
/// other cells (OWASP, "CSV Injection").
fn harmless(cell: &str) -> Cow<'_, str> {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) {
        Cow::Owned(format!("'{cell}"))
    } else {
        Cow::Borrowed(cell)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::document::{ActorKind, ActorView, NameView};

    #[test]
    fn no_cell_begins_like_a_formula() {
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\nx"] {
            assert_eq!(harmless(formula), format!("'{formula}"));
        }
        for text in ["", "one = two", "a@example.com", "{\"a\":1}"] {
            assert_eq!(harmless(text), text);
        }
    }

    #[test]
    fn names_stay_in_their_cells() {
        let entry = EntryView {
            id: "01J".to_owned(),
            at: "2026-11-24T08:00:00Z".parse().unwrap(),
            actor: ActorView {
                kind: ActorKind::Person,
                id: Some("01P".to_owned()),
                name: Some("=HYPERLINK(\"https://example.com\"),x".to_owned()),
            },
            action: "inviteMember".to_owned(),
            person: Some(NameView { person_id: "01Q".to_owned(), name: Some("Rossi, Anna".to_owned()) }),
            details: json!({ "person": "01Q" }),
            version: None,
        };
        let text = write(std::iter::once(entry)).unwrap();
        assert_eq!(
            text,
            "at,actor,actorId,actorName,action,person,details,version\n\
             2026-11-24T08:00:00Z,person,01P,\"'=HYPERLINK(\"\"https://example.com\"\"),x\",inviteMember,\"Rossi, Anna\",\
             \"{\"\"person\"\":\"\"01Q\"\"}\",\n"
        );
    }
}
