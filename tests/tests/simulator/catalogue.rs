//! The few articles that the histories are about.

/// An article of the sample catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Article {
    pub sku: &'static str,
    pub application: &'static str,
    pub redundancy: bool,
    pub capacity: u32,
}

pub const ARTICLES: [Article; 4] = [
    Article { sku: "IM120-4L", application: "IP Fax server", redundancy: false, capacity: 4 },
    Article { sku: "IM120-4R", application: "IP Fax server", redundancy: true, capacity: 4 },
    Article { sku: "IM110-250L", application: "Accounting & Billing", redundancy: false, capacity: 250 },
    Article { sku: "IM150-1L", application: "Auto Attendant", redundancy: false, capacity: 1 },
];

/// A row of the licence table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Row {
    pub application: &'static str,
    pub redundancy: bool,
    pub perpetual: bool,
}

impl Row {
    /// `perpetual` or `subscription`, as the API writes it.
    pub fn license_type(self) -> &'static str {
        if self.perpetual { "perpetual" } else { "subscription" }
    }

    /// The row that a document names.
    pub fn of(document: &serde_json::Value) -> Self {
        let application = ARTICLES.iter().map(|article| article.application);
        Self {
            application: application.into_iter().find(|known| document["application"] == *known).unwrap(),
            redundancy: document["redundancy"] == true,
            perpetual: document["licenseType"] == "perpetual",
        }
    }
}
