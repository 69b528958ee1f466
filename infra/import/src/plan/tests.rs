use std::time::{Duration, Instant};

use super::*;

const SAMPLE: &str = include_str!("../../samples/licenses.csv");

fn catalogue() -> Catalogue {
    let document = json!({ "products": [{ "sku": "IM110-250L" }, { "sku": "IM120-4L" }] });
    Catalogue::default().with(&document).unwrap()
}

fn checked(text: &str) -> Result<Plan, Vec<FileFault>> {
    check(text.as_bytes(), &catalogue()).unwrap()
}

/// The sample with a value of one row replaced; the header is row 1.
fn with(row: usize, column: &str, value: &str) -> String {
    let mut reader = csv::Reader::from_reader(SAMPLE.as_bytes());
    let header = reader.headers().unwrap().clone();
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(&header).unwrap();
    for (number, record) in (2..).zip(reader.records()) {
        let record = record.unwrap();
        let cells = header.iter().zip(&record);
        let cells = cells.map(|(name, cell)| if number == row && name == column { value } else { cell });
        writer.write_record(cells).unwrap();
    }
    String::from_utf8(writer.into_inner().unwrap()).unwrap()
}

fn faults(text: &str) -> Vec<String> {
    checked(text).map_or_else(|faults| faults, |_| Vec::new()).iter().map(ToString::to_string).collect()
}

#[test]
fn the_sample_is_two_orders_that_mail_nobody() {
    let plan = checked(SAMPLE).unwrap();
    let numbers: Vec<_> = plan.orders.iter().map(|order| (order.number.as_str(), order.rows.clone())).collect();
    assert_eq!(numbers, [("17/00311", vec![2, 3]), ("import-OLD-0003", vec![4])]);
    assert!(plan.orders.iter().all(|order| order.document["delivery"] == "none"));
    assert_eq!(plan.orders[0].document["recipient"]["email"], "ordini@nord.example.com");
    assert_eq!(plan.orders[0].document["lines"][0].get("term"), None);
    assert_eq!(plan.orders[1].document["customer"]["name"], "Clinic \"Lake\", Zurich");
    assert_eq!(plan.licenses(), 3);
}

#[test]
fn a_spreadsheet_with_semicolons_and_a_mark_in_front_gives_the_same() {
    let mut writer = csv::WriterBuilder::new().delimiter(b';').from_writer(b"\xef\xbb\xbf".to_vec());
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(SAMPLE.as_bytes());
    reader.records().for_each(|record| writer.write_record(&record.unwrap()).unwrap());
    let bytes = writer.into_inner().unwrap();
    assert_eq!(check(&bytes, &catalogue()).unwrap(), checked(SAMPLE));
}

#[test]
fn every_kind_of_fault_is_told_by_row_and_column() {
    let cases = [
        (
            4,
            "customer_country",
            "XX",
            "row 4, customer_country: The value must be an ISO 3166-1 alpha-2 code, such as IT.",
        ),
        (3, "customer_name", "Other", "row 3, customer_name: Row 2 of the same order has another value."),
        (3, "license_code", "OLD-0001", "row 3, license_code: Row 2 has the same licence code."),
        (4, "license_code", "OLD-0001", "row 4, license_code: Row 2 has the same licence code."),
        (4, "sku", "IM999", "row 4, sku: The catalogue has no such article."),
        (2, "term", "2027-01-01", "row 2, term: A perpetual licence has no term. Leave it out."),
        (4, "care_term", "2020-01-01", "row 4, care_term: The term is before the start."),
    ];
    for (row, column, value, expected) in cases {
        assert_eq!(faults(&with(row, column, value)), [expected]);
    }
    for (row, column, value) in [
        (4, "order_number", "a#b"),
        (4, "customer_number", ""),
        (4, "reseller_contact_email", "nobody"),
        (4, "recipient_email", "a b@example.com"),
        (4, "quantity", "two"),
        (4, "quantity", "0"),
        (4, "license_type", "rental"),
        (4, "start", "01/07/2025"),
        (4, "start", ""),
        (4, "term", ""),
        (4, "care_level", "silver"),
    ] {
        let found = faults(&with(row, column, value));
        assert!(found.len() == 1 && found[0].starts_with(&format!("row {row}, {column}: ")), "{column}: {found:?}");
    }
}

#[test]
fn a_whole_file_is_checked_and_not_up_to_its_first_fault() {
    let lines: Vec<&str> = SAMPLE.lines().collect();
    let broken =
        [lines[0], &lines[1].replace(",IT,", ",XX,"), "one,two", &lines[3].replace("basic", "silver")].join("\n");
    let rows: Vec<u64> = checked(&broken).unwrap_err().iter().map(|fault| fault.row).collect();
    assert_eq!(rows, [2, 3, 4]);
}

#[test]
fn an_order_of_more_rows_than_lines_is_told_at_the_first_that_is_too_many() {
    let mut text = SAMPLE.lines().next().unwrap().to_owned();
    for number in 0..31 {
        text.push('\n');
        text += &SAMPLE.lines().nth(1).unwrap().replace("OLD-0001", &format!("OLD-{number}"));
    }
    assert_eq!(faults(&text), ["row 32, order_number: Order 17/00311 has 31 rows; an order has 30 at most."]);
}

#[test]
fn what_is_no_such_table_is_told_in_a_sentence() {
    let told = |bytes: &[u8]| check(bytes, &catalogue()).unwrap_err().to_string();
    assert!(told(b"sku,colour\n").contains("colour"));
    assert!(told(b"sku,sku\n").contains("twice"));
    assert!(told(b"sku,quantity\n").starts_with("The header lacks customer_number"));
    assert!(told(SAMPLE.lines().next().unwrap().as_bytes()).contains("no rows"));
    assert!(told(b"sku\n\xe8\n").contains("line 2"));
}

#[test]
fn ten_thousand_rows_are_checked_while_one_waits() {
    let mut text = SAMPLE.lines().next().unwrap().to_owned();
    for number in 0..10_000 {
        let row = SAMPLE.lines().nth(1).unwrap();
        let row = row.replace("OLD-0001", &format!("OLD-{number}")).replace("17/00311", &format!("17/{}", number / 3));
        text.push('\n');
        text += &row.replace("C-9001", &format!("C-{}", number / 3));
    }
    let begun = Instant::now();
    let plan = checked(&text).unwrap();
    assert_eq!((plan.orders.len(), plan.licenses()), (3_334, 10_000));
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
}
