//! Dates and numbers as the reader writes them.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use licensing::text::Language;

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// A date: `07/08/2020` in Italian; `7 Aug 2020` in English, where the order of numbers differs between countries.
pub fn format_date(date: Date, language: Language) -> String {
    match language {
        Language::En => {
            let month = usize::try_from(date.month() - 1).unwrap_or_default();
            format!("{} {} {}", date.day(), MONTHS[month], date.year())
        }
        Language::It => format!("{:02}/{:02}/{}", date.day(), date.month(), date.year()),
    }
}

/// An instant in UTC, to the minute: `7 Aug 2020, 09:12 UTC`.
pub fn format_instant(instant: Timestamp, language: Language) -> String {
    let zoned = instant.to_zoned_datetime(TimeZone::UTC);
    format!("{}, {:02}:{:02} UTC", format_date(zoned.date(), language), zoned.hour(), zoned.minute())
}

/// A count: `2,500` in English, `2.500` in Italian.
pub fn format_number(number: u64, language: Language) -> String {
    let separator = match language {
        Language::En => ',',
        Language::It => '.',
    };
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.char_indices() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(separator);
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn dates_are_those_of_the_reader() {
        assert_eq!(format_date(date(2020, 8, 7), Language::It), "07/08/2020");
        assert_eq!(format_date(date(2020, 12, 7), Language::En), "7 Dec 2020");
    }

    #[test]
    fn instants_name_their_zone() {
        let instant: Timestamp = "2020-01-17T08:01:59Z".parse().unwrap();
        assert_eq!(format_instant(instant, Language::En), "17 Jan 2020, 08:01 UTC");
        assert_eq!(format_instant(instant, Language::It), "17/01/2020, 08:01 UTC");
    }

    #[test]
    fn numbers_are_grouped_by_thousands() {
        for (number, english, italian) in
            [(0, "0", "0"), (250, "250", "250"), (2500, "2,500", "2.500"), (1_234_567, "1,234,567", "1.234.567")]
        {
            assert_eq!(format_number(number, Language::En), english);
            assert_eq!(format_number(number, Language::It), italian);
        }
    }
}
