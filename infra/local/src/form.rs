//! Bodies as HTML forms and AWS's query protocol send them.

use std::collections::BTreeMap;

use percent_encoding::percent_decode_str;

/// The fields of a form; where a name is sent twice, the last value.
pub(crate) type Form = BTreeMap<String, String>;

/// Reads `application/x-www-form-urlencoded`, as forgiving as browsers are.
pub(crate) fn parse_form(body: &[u8]) -> Form {
    let text = String::from_utf8_lossy(body);
    text.split('&').filter(|pair| !pair.is_empty()).map(field).collect()
}

fn field(pair: &str) -> (String, String) {
    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
    (decode(name), decode(value))
}

fn decode(text: &str) -> String {
    percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_decoded() {
        let form = parse_form(b"a=1+2&b=%2B%C3%A8&c&=d");
        assert_eq!(form["a"], "1 2");
        assert_eq!(form["b"], "+è");
        assert_eq!(form["c"], "");
    }
}
