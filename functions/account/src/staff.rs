//! What vendor staff reads, and what they do with orders.

mod appointing;
mod cancel;
mod erase;
mod events;
mod grace;
mod lock;
mod mails;
mod move_reseller;
mod resend;

use http_api::{Call, Failure, Rejection, Reply};
use lambda_http::http::StatusCode;
use licensing::Refusal;
use licensing::access::Actor;
use licensing::id::{LicenseCode, OrderId, OrderNumber, PersonId};
use licensing::order::Order;
use licensing::product::Product;
use licensing::refusal::Fault;
use licensing::text::Label;
use table::{AuditEntry, DeliveryState, Receipt, Stored, Table, key};

use crate::document::{
    BusinessView, CustomerView, ForwardView, MailKind, OrderView, ProductListView, ProductView, ReceiptView,
    StaffOrderView,
};
use crate::orders::Given;
use crate::people::People;
use crate::{audit, orders};

pub(crate) use appointing::{of_account as appoint_manager, of_reseller as appoint_reseller_manager};
pub(crate) use cancel::cancel;
pub(crate) use erase::{erase as erase_person, find as find_person};
pub(crate) use events::{list as parked_events, settle as settle_event};
pub(crate) use grace::set as set_grace;
pub(crate) use lock::lock;
pub(crate) use mails::{Verdict, list as parked_mails, settle as settle_mail};
pub(crate) use move_reseller::move_reseller;
pub(crate) use resend::resend;

/// Most entries of an order's own audit trail that are shown with it.
const AUDIT_LEN: i32 = 50;

/// Why staff does something for an account, as they typed it.
fn reason(text: &str) -> Result<Label, Failure> {
    let fault =
        |error| Fault { pointer: "/reason".to_owned(), code: "invalid_value", detail: format!("The value {error}.") };
    Label::parse(text).map_err(|error| Rejection::InvalidBody(vec![fault(error)]).into())
}

/// Lists the catalogue.
pub(crate) async fn products(table: &Table, actor: &Actor) -> Result<Reply, Failure> {
    actor.may_read_as_staff()?;
    let products = table.products().await?.iter().map(ProductView::from).collect();
    Reply::json(StatusCode::OK, &ProductListView { products })
}

/// Shows the order with the ERP's number, or the one that a licence came with.
pub(crate) async fn find(table: &Table, call: &Call, actor: &Actor) -> Result<Reply, Failure> {
    actor.may_read_as_staff()?;
    let number = call.query_as("number", OrderNumber::parse)?;
    let code = call.query_as("licenseCode", LicenseCode::parse)?;
    let order = match (number, code) {
        (Some(number), None) => table.order_by_number(&number).await?,
        (None, Some(code)) => of_license(table, code).await?,
        _ => {
            let detail = "or of licenseCode is needed: exactly one of the two".to_owned();
            return Err(Rejection::InvalidParameter { name: "number", detail }.into());
        }
    };
    reply(table, &order.ok_or(Refusal::NotFound("order"))?.state).await
}

async fn of_license(table: &Table, code: LicenseCode) -> Result<Option<Stored<Order>>, Failure> {
    match table.license_owners(&[code]).await?.first() {
        Some(owner) => Ok(table.order(owner.order).await?),
        None => Ok(None),
    }
}

/// Shows an order.
pub(crate) async fn show(table: &Table, call: &Call, actor: &Actor) -> Result<Reply, Failure> {
    actor.may_read_as_staff()?;
    let order = load(table, order_id(call)?).await?;
    reply(table, &order.state).await
}

/// The order that a path names.
fn order_id(call: &Call) -> Result<OrderId, Failure> {
    call.path("orderId", "order", OrderId::parse)
}

/// The order as it is stored.
async fn load(table: &Table, order: OrderId) -> Result<Stored<Order>, Failure> {
    Ok(table.order(order).await?.ok_or(Refusal::NotFound("order"))?)
}

async fn reply(table: &Table, order: &Order) -> Result<Reply, Failure> {
    let receipts = table.receipts(order.id).await?;
    let entries = table.audit(key::order_partition(order.id), None, AUDIT_LEN).await?.items;
    let people = People::load(table, &people_of(order, &receipts, &entries)).await?;
    let given = match order.unlocked {
        Some(unlocked) => {
            let account = crate::load(table, unlocked.account).await?.state;
            Some(Given::load(table, &account, std::iter::once(order)).await?)
        }
        None => None,
    };
    Reply::json(
        StatusCode::OK,
        &view(order, orders::view(order, &receipts, given.as_ref()), &receipts, &entries, &people),
    )
}

fn people_of(order: &Order, receipts: &[Receipt], entries: &[AuditEntry]) -> Vec<PersonId> {
    let head = &order.head;
    let contacts = [Some(&head.recipient), head.customer_contact.as_ref(), head.reseller.contact.as_ref()];
    let contacts = contacts.into_iter().flatten().map(|contact| contact.person);
    let forwards = order.forwards.iter().map(|forward| forward.person);
    let readers = receipts.iter().map(|receipt| receipt.reader);
    contacts.chain(forwards).chain(readers).chain(audit::people_of(entries)).collect()
}

fn view(
    order: &Order,
    shown: OrderView,
    receipts: &[Receipt],
    entries: &[AuditEntry],
    people: &People,
) -> StaffOrderView {
    let head = &order.head;
    let forwards = order.forwards.iter().map(|forward| ForwardView {
        person: people.view(forward.person),
        at: forward.at,
        state: forward.state.into(),
    });
    StaffOrderView {
        order: shown,
        customer: CustomerView::from(&head.customer),
        distributor: head.distributor.as_ref().map(BusinessView::from),
        account_id: order.unlocked.map(|unlocked| unlocked.account.to_string()),
        recipient: people.view(head.recipient.person),
        customer_contact: head.customer_contact.as_ref().map(|contact| people.view(contact.person)),
        reseller_contact: head.reseller.contact.as_ref().map(|contact| people.view(contact.person)),
        link_generation: order.link.generation,
        mails: receipts.iter().map(|receipt| mail(receipt, people)).collect(),
        forwards: forwards.collect(),
        audit: entries.iter().map(|entry| audit::view(entry, people)).collect(),
    }
}

fn mail(receipt: &Receipt, people: &People) -> ReceiptView {
    let state = &receipt.state;
    let reason = match state {
        DeliveryState::Sent { note, .. } => note.clone(),
        _ => state.given_up().map(|given_up| given_up.reason.to_owned()),
    };
    ReceiptView {
        mail_id: mails::id(receipt.delivery, receipt.reader),
        kind: MailKind::from(&receipt.event),
        reader: people.view(receipt.reader),
        mail: orders::mail(receipt),
        message_id: state.message_id().map(str::to_owned),
        reason,
    }
}

impl From<&Product> for ProductView {
    fn from(product: &Product) -> Self {
        Self {
            sku: product.sku.to_string(),
            name: product.name.to_string(),
            application: product.application.to_string(),
            unit: product.unit.into(),
            capacity: product.capacity,
            redundancy: product.redundancy,
        }
    }
}
