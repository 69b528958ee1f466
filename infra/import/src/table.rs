//! The file as rows.

use std::collections::BTreeMap;
use std::fmt;

use csv::{Reader, ReaderBuilder, StringRecord};

use crate::column::COLUMNS;

/// Most faults that are listed.
pub const LISTED_MAX: usize = 1000;

/// A row with its line in the file; an empty value is as one that is not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) number: u64,
    values: BTreeMap<&'static str, String>,
}

impl Row {
    /// A value without surrounding blanks.
    pub(crate) fn get(&self, column: &str) -> Option<&str> {
        self.values.get(column).map(String::as_str)
    }
}

/// What is wrong in one place of the file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct FileFault {
    /// The line of the file; the header is 1.
    pub row: u64,
    /// The column's name; empty where the row as such is wrong.
    pub column: &'static str,
    /// What is wrong there and what is accepted.
    pub detail: String,
}

impl fmt::Display for FileFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.column {
            "" => write!(f, "row {}: {}", self.row, self.detail),
            column => write!(f, "row {}, {column}: {}", self.row, self.detail),
        }
    }
}

/// Why a file is no table of ours.
#[derive(Debug, thiserror::Error)]
pub enum NotRead {
    /// It has other characters.
    #[error("The file is not UTF-8: save it as \"CSV UTF-8\". The first such byte is in line {0}.")]
    NotUtf8(usize),
    /// Columns are missing.
    #[error("The header lacks {0}.")]
    Missing(String),
    /// Columns are not known, or there twice.
    #[error("The header has {0}, which is not known or there twice. README.md lists the columns.")]
    Unknown(String),
    /// There is nothing below the header.
    #[error("The file has no rows.")]
    Empty,
}

/// Reads a file; what is wrong with single rows is added to the faults.
pub(crate) fn read(bytes: &[u8], faults: &mut Vec<FileFault>) -> Result<Vec<Row>, NotRead> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|fault| {
        NotRead::NotUtf8(1 + String::from_utf8_lossy(&bytes[..fault.valid_up_to()]).matches('\n').count())
    })?;
    let mut reader = reader(text);
    let header = header(&reader.headers().cloned().unwrap_or_default())?;
    let mut rows = Vec::new();
    for record in reader.records() {
        match record {
            Ok(record) if record.iter().all(|value| value.trim().is_empty()) => {}
            Ok(record) => rows.push(row(&header, &record)),
            Err(error) => faults.push(FileFault {
                row: error.position().map_or(0, csv::Position::line),
                column: "",
                detail: wrong_row(error.kind()),
            }),
        }
    }
    if rows.is_empty() && faults.is_empty() { Err(NotRead::Empty) } else { Ok(rows) }
}

/// Spreadsheets of some countries write semicolons: whichever the header has more of.
fn reader(text: &str) -> Reader<&[u8]> {
    let header = text.lines().next().unwrap_or_default();
    let count = |wanted: char| header.chars().filter(|character| *character == wanted).count();
    let delimiter = if count(';') > count(',') { b';' } else { b',' };
    ReaderBuilder::new().delimiter(delimiter).from_reader(text.as_bytes())
}

fn header(record: &StringRecord) -> Result<Vec<&'static str>, NotRead> {
    let mut known = Vec::new();
    let mut unknown = Vec::new();
    for name in record.iter().map(str::trim) {
        match COLUMNS.iter().find(|column| column.name == name) {
            Some(column) if !known.contains(&column.name) => known.push(column.name),
            _ => unknown.push(name.to_owned()),
        }
    }
    if !unknown.is_empty() {
        return Err(NotRead::Unknown(unknown.join(", ")));
    }
    let missing = COLUMNS.iter().filter(|column| column.needed && !known.contains(&column.name));
    let missing: Vec<_> = missing.map(|column| column.name).collect();
    if missing.is_empty() { Ok(known) } else { Err(NotRead::Missing(missing.join(", "))) }
}

fn row(header: &[&'static str], record: &StringRecord) -> Row {
    let values = header.iter().zip(record).map(|(name, value)| (*name, value.trim().to_owned()));
    Row {
        number: record.position().map_or(0, csv::Position::line),
        values: values.filter(|(_, value)| !value.is_empty()).collect(),
    }
}

fn wrong_row(kind: &csv::ErrorKind) -> String {
    match kind {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("The row has {len} values, the header {expected_len}. Put a value with a comma in double quotes.")
        }
        _ => "The row can't be read.".to_owned(),
    }
}
