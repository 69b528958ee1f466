//! Walks through a JSON document and lists every fault by its pointer, instead of stopping at the first.

use licensing::refusal::Fault;
use serde_json::Value;

/// The faults found so far.
#[derive(Debug, Default)]
pub(crate) struct Faults(Vec<Fault>);

impl Faults {
    pub(crate) fn add(&mut self, pointer: impl Into<String>, code: &'static str, detail: impl Into<String>) {
        self.0.push(Fault { pointer: pointer.into(), code, detail: detail.into() });
    }

    /// The faults.
    pub(crate) fn into_list(self) -> Vec<Fault> {
        self.0
    }

    /// The value where there is no fault; otherwise all faults. A value that is missing without a fault would be a
    /// mistake of the walker's, told as a fault of the whole document rather than lost.
    pub(crate) fn finish<T>(mut self, value: Option<T>) -> Result<T, Vec<Fault>> {
        match value {
            Some(value) if self.0.is_empty() => Ok(value),
            _ => {
                if self.0.is_empty() {
                    self.add("", "invalid_value", "The document is not complete.");
                }
                Err(self.0)
            }
        }
    }
}

/// A place in the document, there or not.
#[derive(Debug, Clone)]
pub(crate) struct Node<'a> {
    value: Option<&'a Value>,
    pub(crate) pointer: String,
}

impl<'a> Node<'a> {
    pub(crate) fn root(value: &'a Value) -> Self {
        Self { value: Some(value), pointer: String::new() }
    }

    /// The member of an object; not there where this is no object.
    pub(crate) fn field(&self, name: &str) -> Self {
        let value = self.value.and_then(|value| value.get(name)).filter(|value| !value.is_null());
        Self { value, pointer: format!("{}/{name}", self.pointer) }
    }

    /// This place, or nothing where the document doesn't have it.
    pub(crate) fn optional(self) -> Option<Self> {
        self.value.is_some().then_some(self)
    }

    /// The elements of an array that has `min` to `max` of them.
    pub(crate) fn items(&self, faults: &mut Faults, min: usize, max: usize) -> Vec<Self> {
        let Some(items) = self.take(faults, "an array", Value::as_array) else { return Vec::new() };
        if !(min..=max).contains(&items.len()) {
            faults.add(&self.pointer, "wrong_length", format!("Send {min} to {max} elements."));
            return Vec::new();
        }
        let item = |(index, value)| Self { value: Some(value), pointer: format!("{}/{index}", self.pointer) };
        items.iter().enumerate().map(item).collect()
    }

    /// A text, as the parser of its type takes it; `code` names the fault.
    pub(crate) fn text<T, E: std::fmt::Display>(
        &self,
        faults: &mut Faults,
        code: &'static str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        let text = self.take(faults, "a text", Value::as_str)?;
        match parse(text) {
            Ok(value) => Some(value),
            Err(fault) => {
                faults.add(&self.pointer, code, format!("The value {fault}."));
                None
            }
        }
    }

    /// One of a few words; `code` names the fault, which lists them.
    pub(crate) fn word<T: Copy>(&self, faults: &mut Faults, code: &'static str, words: &[(&str, T)]) -> Option<T> {
        let accepted = alternatives(words);
        let word = self.take(faults, &accepted, Value::as_str)?;
        let known = words.iter().find(|(known, _)| *known == word);
        if known.is_none() {
            faults.add(&self.pointer, code, format!("The value must be {accepted}."));
        }
        known.map(|(_, value)| *value)
    }

    /// A whole number between two others.
    pub(crate) fn number(&self, faults: &mut Faults, min: u32, max: u32) -> Option<u32> {
        let number = self.take(faults, "a whole number", Value::as_u64)?;
        let fits = u32::try_from(number).ok().filter(|number| (min..=max).contains(number));
        if fits.is_none() {
            faults.add(&self.pointer, "out_of_range", format!("Send a number from {min} to {max}."));
        }
        fits
    }

    /// True or false.
    pub(crate) fn boolean(&self, faults: &mut Faults) -> Option<bool> {
        self.take(faults, "true or false", Value::as_bool)
    }

    fn take<T>(&self, faults: &mut Faults, what: &str, read: impl FnOnce(&'a Value) -> Option<T>) -> Option<T> {
        let Some(value) = self.value else {
            faults.add(&self.pointer, "missing", format!("Send {what} here."));
            return None;
        };
        let read = read(value);
        if read.is_none() {
            faults.add(&self.pointer, "wrong_type", format!("Send {what} here."));
        }
        read
    }
}

/// "purchase, renewal or cancellation".
fn alternatives<T>(words: &[(&str, T)]) -> String {
    let words: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
    match words.split_last() {
        Some((last, others)) if !others.is_empty() => format!("{} or {last}", others.join(", ")),
        _ => words.concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_word_that_is_missing_or_not_known_is_told_with_those_that_are() {
        let words = [("basic", 1), ("gold", 2), ("platinum", 3)];
        let read = |document: &Value| {
            let mut faults = Faults::default();
            let word = Node::root(document).field("level").word(&mut faults, "unknown_care_level", &words);
            faults.finish(word).map_err(|faults| faults.into_iter().map(|fault| (fault.code, fault.detail)).collect())
        };
        let fault = |code, detail: &str| Err(vec![(code, detail.to_owned())]);
        assert_eq!(read(&json!({ "level": "gold" })), Ok(2));
        assert_eq!(read(&json!({})), fault("missing", "Send basic, gold or platinum here."));
        assert_eq!(read(&json!({ "level": 3 })), fault("wrong_type", "Send basic, gold or platinum here."));
        let unknown = fault("unknown_care_level", "The value must be basic, gold or platinum.");
        assert_eq!(read(&json!({ "level": "silver" })), unknown);
        assert_eq!(alternatives(&[("products", ())]), "products");
    }
}
