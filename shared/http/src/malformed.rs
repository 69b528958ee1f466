//! Says in words what is wrong with a JSON body; what the parser calls it are words of its implementation.

use serde_json::error::Category;
use serde_path_to_error::{Path, Segment};

/// The place as a JSON pointer (RFC 6901); empty for the whole document.
pub(crate) fn pointer(path: &Path) -> String {
    let token = |segment: &Segment| match segment {
        Segment::Seq { index } => Some(format!("/{index}")),
        Segment::Map { key } => Some(format!("/{}", key.replace('~', "~0").replace('/', "~1"))),
        Segment::Enum { .. } | Segment::Unknown => None,
    };
    path.iter().filter_map(token).collect()
}

/// A sentence about a body that could not be read at this place.
pub(crate) fn sentence(pointer: &str, error: &serde_json::Error) -> String {
    match error.classify() {
        Category::Data => data_sentence(pointer, &error.to_string()),
        Category::Eof => {
            format!("The body is not JSON: it ends too early, at line {}, column {}.", error.line(), error.column())
        }
        Category::Io | Category::Syntax => {
            format!("The body is not JSON: line {}, column {}.", error.line(), error.column())
        }
    }
}

fn data_sentence(pointer: &str, message: &str) -> String {
    if let Some(field) = quoted(message, "missing field ") {
        return format!("{pointer}/{field} is missing in the body.");
    }
    if let Some(field) = quoted(message, "unknown field ") {
        // Some parsers have stepped into the field by the time they refuse it, others have not.
        let own = format!("/{field}");
        let parent = pointer.strip_suffix(own.as_str()).unwrap_or(pointer);
        return format!("{parent}{own} is no field of the body.");
    }
    let place = if pointer.is_empty() { "The body" } else { pointer };
    if let Some(field) = quoted(message, "duplicate field ") {
        return format!("{pointer}/{field} is in the body twice.");
    }
    format!("{place} must be {}.", expected(message))
}

/// The name that follows some words of the parser's message.
fn quoted<'a>(message: &'a str, before: &str) -> Option<&'a str> {
    message.strip_prefix(before)?.strip_prefix('`')?.split('`').next()
}

fn expected(message: &str) -> String {
    let rest = message.rsplit_once("expected ").map_or("", |(_, rest)| rest);
    let wanted = rest.split(" at line ").next().unwrap_or_default();
    let words: Vec<&str> = wanted.split('`').skip(1).step_by(2).collect();
    if message.starts_with("unknown variant") {
        return words.join(" or ");
    }
    let word = match wanted {
        "u8" => "a whole number from 0 to 255",
        "u16" => "a whole number from 0 to 65535",
        "u32" => "a whole number from 0 to 4294967295",
        "u64" | "usize" => "a whole number of 0 or more",
        "i8" | "i16" | "i32" | "i64" | "isize" => "a whole number",
        "f32" | "f64" => "a number",
        "a boolean" => "true or false",
        "a string" | "a borrowed string" | "a character" => "a text",
        "a sequence" => "an array",
        "a map" => "an object",
        "unit" | "null" => "null",
        wanted if wanted.starts_with("struct ") || wanted.starts_with("internally tagged") => "an object",
        wanted if wanted.contains("enum ") => "one of the documented words",
        _ => "as openapi.json documents it",
    };
    word.to_owned()
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde::de::DeserializeOwned;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only the faults are of interest")]
    struct Assignment {
        capacity: u32,
        #[serde(default)]
        redundancy: bool,
        #[serde(default)]
        license: Option<License>,
        #[serde(default)]
        since: Option<jiff::Timestamp>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "camelCase")]
    enum License {
        Perpetual,
        Subscription,
    }

    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only the faults are of interest")]
    struct Document {
        lines: Vec<Assignment>,
    }

    fn said<T: DeserializeOwned + std::fmt::Debug>(body: &str) -> String {
        let error =
            serde_path_to_error::deserialize::<_, T>(&mut serde_json::Deserializer::from_str(body)).unwrap_err();
        sentence(&pointer(error.path()), error.inner())
    }

    #[test]
    fn what_is_no_json_is_told_with_its_place() {
        assert_eq!(said::<Document>("nonsense"), "The body is not JSON: line 1, column 2.");
        assert_eq!(said::<Document>("{"), "The body is not JSON: it ends too early, at line 1, column 1.");
        assert_eq!(said::<Document>("{\"lines\": [\n,]}"), "The body is not JSON: line 2, column 1.");
    }

    #[test]
    fn what_is_json_of_another_shape_is_told_by_pointer_and_what_is_expected() {
        for (body, sentence) in [
            ("[]", "The body must be an object."),
            ("7", "The body must be an object."),
            ("{}", "/lines is missing in the body."),
            (r#"{"lines": 1}"#, "/lines must be an array."),
            (r#"{"lines": [{}]}"#, "/lines/0/capacity is missing in the body."),
            (r#"{"lines": [{"capacity": -1}]}"#, "/lines/0/capacity must be a whole number from 0 to 4294967295."),
            (r#"{"lines": [{"capacity": "x"}]}"#, "/lines/0/capacity must be a whole number from 0 to 4294967295."),
            (r#"{"lines": [{"capacity": 1, "redundancy": 1}]}"#, "/lines/0/redundancy must be true or false."),
            (r#"{"lines": [{"capacity": 1, "colour": 1}]}"#, "/lines/0/colour is no field of the body."),
            (r#"{"lines": [{"capacity": 1, "license": "x"}]}"#, "/lines/0/license must be perpetual or subscription."),
            (r#"{"lines": [{"capacity": 1, "since": "x"}]}"#, "/lines/0/since must be as openapi.json documents it."),
        ] {
            assert_eq!(said::<Document>(body), sentence, "{body}");
        }
    }
}
