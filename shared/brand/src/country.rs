//! Names of countries.

use std::borrow::Cow;

use licensing::text::{Country, Language};

/// Code, English and Italian name per line, all 249 of ISO 3166-1, in order of code.
const COUNTRIES: &str = include_str!("../data/countries.tsv");

/// Whether ISO 3166-1 assigns the code.
pub fn is_assigned(country: Country) -> bool {
    names(country).is_some()
}

/// What the reader calls the country; the code itself where ISO 3166-1 does not assign it.
pub fn country_name(country: Country, language: Language) -> Cow<'static, str> {
    match (names(country).and_then(|names| names.split_once('\t')), language) {
        (Some((english, _)), Language::En) => Cow::Borrowed(english),
        (Some((_, italian)), Language::It) => Cow::Borrowed(italian),
        (None, _) => Cow::Owned(country.code().to_owned()),
    }
}

fn names(country: Country) -> Option<&'static str> {
    COUNTRIES.lines().find_map(|line| line.strip_prefix(country.code())?.strip_prefix('\t'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn countries_have_a_name_in_each_language() {
        let italy = Country::parse("it").unwrap();
        assert_eq!(country_name(italy, Language::En), "Italy");
        assert_eq!(country_name(italy, Language::It), "Italia");
        assert_eq!(country_name(Country::parse("QZ").unwrap(), Language::It), "QZ");
    }

    #[test]
    fn a_code_is_assigned_or_not() {
        assert!(is_assigned(Country::parse("IT").unwrap()));
        assert!(!is_assigned(Country::parse("XX").unwrap()));
    }

    #[test]
    fn the_list_is_whole_and_in_order() {
        let rows: Vec<Vec<&str>> = COUNTRIES.lines().map(|line| line.split('\t').collect()).collect();
        assert_eq!(rows.len(), 249);
        assert!(rows.is_sorted_by(|a, b| a[0] < b[0]));
        assert!(rows.iter().all(|row| row.len() == 3 && row.iter().all(|cell| !cell.is_empty())));
        assert!(rows.iter().all(|row| Country::parse(row[0]).is_some_and(|country| country.code() == row[0])));
    }
}
