//! The order as every page shows it.

use std::borrow::Cow;

use brand::{Name, Phrase};
use licensing::grant::Grant;
use licensing::order::{Line, LineStatus, Order};
use licensing::text::{Country, Language};

brand::phrases! {
    /// Labels of the order.
    pub struct OrderWords;
    title: en "Licenses details", it "Dettagli delle licenze";
    order_number: en "Order number", it "Numero d’ordine";
    customer: en "Final customer", it "Cliente finale";
    country: en "Country", it "Paese";
    reseller: en "Reseller", it "Rivenditore";
    reseller_order_number: en "Reseller order number", it "Numero d’ordine del rivenditore";
    product: en "Product", it "Prodotto";
    sku: en "SKU", it "SKU";
    quantity: en "Qty", it "Q.tà";
    license_code: en "License code", it "Codice licenza";
    status: en "Unlock status", it "Stato di sblocco";
    locked: en "Locked", it "Bloccata";
    unlocked: en "Unlocked", it "Sbloccata";
    ended: en "Ended", it "Terminata";
    cancelled: en "Cancelled", it "Annullata";
}

/// What a page shows of an order.
#[derive(Debug, Clone)]
pub struct OrderView {
    /// The ERP's number.
    pub number: Name,
    /// The final customer.
    pub customer: Name,
    /// Where the customer is.
    pub country: Country,
    /// The reseller.
    pub reseller: Name,
    /// The reseller's own number of the order.
    pub reseller_order_number: Option<Name>,
    /// The lines.
    pub lines: Vec<LineView>,
}

/// What a page shows of a line.
#[derive(Debug, Clone)]
pub struct LineView {
    /// The article's name.
    pub product: Name,
    /// The article.
    pub sku: Name,
    /// Pieces.
    pub quantity: u32,
    /// The licence's code.
    pub license_code: Name,
    /// Where it stands.
    pub status: LineStatus,
}

impl OrderView {
    /// The view of a stored order; `grants` are those of its lines once it is unlocked.
    pub fn of(order: &Order, grants: &[Grant]) -> Self {
        let head = &order.head;
        Self {
            number: Name::from(&head.number),
            customer: Name::from(&head.customer.name),
            country: head.customer.country,
            reseller: Name::from(&head.reseller.business.name),
            reseller_order_number: head.reseller.order_number.as_ref().map(Name::from),
            lines: order.lines.iter().map(|line| LineView::of(line, grants)).collect(),
        }
    }

    /// The country's name in the reader's language.
    pub(super) fn country_name(&self, language: Language) -> Cow<'static, str> {
        brand::country_name(self.country, language)
    }

    /// Whether some line has this status.
    pub(super) fn has(&self, status: LineStatus) -> bool {
        self.lines.iter().any(|line| line.status == status)
    }
}

impl LineView {
    fn of(line: &Line, grants: &[Grant]) -> Self {
        let grant = grants.iter().find(|grant| grant.license_code == line.license_code);
        let status = match grant {
            Some(grant) if grant.cancelled.is_some() => LineStatus::Cancelled,
            Some(_) => LineStatus::Unlocked,
            None => line.status,
        };
        Self {
            product: Name::from(&line.product),
            sku: Name::from(&line.sku),
            quantity: line.pieces(),
            license_code: Name::from(&line.license_code),
            status,
        }
    }

    /// The quantity in the reader's language.
    pub(super) fn quantity_shown(&self, language: Language) -> String {
        brand::format_number(u64::from(self.quantity), language)
    }

    /// The status as a word.
    pub(super) fn status_shown(&self, language: Language) -> Phrase {
        let words = OrderWords::of(language);
        match self.status {
            LineStatus::Locked => words.locked,
            LineStatus::Unlocked => words.unlocked,
            LineStatus::Ended => words.ended,
            LineStatus::Cancelled => words.cancelled,
        }
    }

    /// The class that colours the status.
    pub(super) fn status_class(&self) -> &'static str {
        match self.status {
            LineStatus::Locked => "locked",
            LineStatus::Unlocked => "unlocked",
            LineStatus::Ended | LineStatus::Cancelled => "ended",
        }
    }
}
