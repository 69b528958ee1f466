//! The columns of the file, and where each stands in the order document.

/// One column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// Its name in the header.
    pub name: &'static str,
    /// Where its value stands: in the order, or in one of its lines.
    pub place: Place,
    /// Whether a file can't do without it.
    pub needed: bool,
}

/// Where a value stands, as a JSON pointer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In the order.
    Head(&'static str),
    /// In a line.
    Line(&'static str),
}

const fn needed(name: &'static str, place: Place) -> Column {
    Column { name, place, needed: true }
}

const fn optional(name: &'static str, place: Place) -> Column {
    Column { name, place, needed: false }
}

/// The column of the order's number.
pub(crate) const ORDER_NUMBER: &str = "order_number";
/// The column of the licence's code.
pub(crate) const LICENSE_CODE: &str = "license_code";
/// The column of the article.
pub(crate) const SKU: &str = "sku";

/// All columns.
pub const COLUMNS: &[Column] = &[
    optional(ORDER_NUMBER, Place::Head("/number")),
    optional("purchase_order", Place::Head("/purchaseOrder")),
    needed("customer_number", Place::Head("/customer/number")),
    needed("customer_name", Place::Head("/customer/name")),
    needed("customer_country", Place::Head("/customer/country")),
    optional("customer_contact_email", Place::Head("/customer/contact/email")),
    optional("customer_contact_name", Place::Head("/customer/contact/name")),
    optional("customer_contact_language", Place::Head("/customer/contact/language")),
    needed("reseller_number", Place::Head("/reseller/number")),
    needed("reseller_name", Place::Head("/reseller/name")),
    optional("reseller_contact_email", Place::Head("/reseller/contact/email")),
    optional("reseller_contact_name", Place::Head("/reseller/contact/name")),
    optional("reseller_contact_language", Place::Head("/reseller/contact/language")),
    optional("distributor_number", Place::Head("/distributor/number")),
    optional("distributor_name", Place::Head("/distributor/name")),
    optional("recipient_email", Place::Head("/recipient/email")),
    optional("recipient_name", Place::Head("/recipient/name")),
    optional("recipient_language", Place::Head("/recipient/language")),
    needed(SKU, Place::Line("/sku")),
    needed("quantity", Place::Line("/quantity")),
    needed(LICENSE_CODE, Place::Line("/licenseCode")),
    needed("license_type", Place::Line("/licenseType")),
    needed("start", Place::Line("/start")),
    optional("term", Place::Line("/term")),
    needed("care_level", Place::Line("/care/level")),
    needed("care_start", Place::Line("/care/start")),
    needed("care_term", Place::Line("/care/term")),
];

impl Column {
    /// Whether all rows of an order have the same value.
    pub(crate) const fn is_head(&self) -> bool {
        matches!(self.place, Place::Head(_))
    }

    /// The JSON pointer in the order or the line.
    pub(crate) const fn pointer(&self) -> &'static str {
        match self.place {
            Place::Head(pointer) | Place::Line(pointer) => pointer,
        }
    }
}

/// The line of an order, if a pointer leads into one, and the column that it means. A pointer to what has several
/// columns, such as `/customer`, means the first of them.
pub(crate) fn column_at(pointer: &str) -> (Option<usize>, &'static str) {
    let in_line = pointer.strip_prefix("/lines/").map(|rest| rest.split_once('/').unwrap_or((rest, "")));
    let (line, field) = match in_line {
        Some((index, field)) => (index.parse().ok(), format!("/{field}")),
        None => (None, pointer.to_owned()),
    };
    let found = COLUMNS.iter().find(|column| {
        column.is_head() == line.is_none()
            && (column.pointer() == field || column.pointer().starts_with(&format!("{}/", field.trim_end_matches('/'))))
    });
    (line, found.map_or(ORDER_NUMBER, |column| column.name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pointer_of_the_service_finds_its_column() {
        assert_eq!(column_at("/customer/country"), (None, "customer_country"));
        assert_eq!(column_at("/lines/3/care/term"), (Some(3), "care_term"));
        assert_eq!(column_at("/lines/3/licenseCode"), (Some(3), "license_code"));
        assert_eq!(column_at("/reseller/contact"), (None, "reseller_contact_email"));
        assert_eq!(column_at("/lines/12/care"), (Some(12), "care_level"));
        assert_eq!(column_at("/lines"), (None, ORDER_NUMBER));
    }
}
