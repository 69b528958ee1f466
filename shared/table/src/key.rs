//! Every key of the table, in one place.
//!
//! A partition is what one Query should read together; a sort key says what the item is.

use licensing::id::{AccountId, BusinessNumber, LicenseCode, OrderId, OrderNumber, PersonId, ServerId, Sku};
use licensing::member::Party;
use licensing::text::EmailAddress;
use ulid::Ulid;

/// The primary key of an item.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Key {
    /// The partition key, attribute `pk`.
    pub pk: String,
    /// The sort key, attribute `sk`.
    pub sk: String,
}

impl Key {
    fn new(pk: impl Into<String>, sk: impl Into<String>) -> Self {
        Self { pk: pk.into(), sk: sk.into() }
    }
}

/// Sort keys of what the portal shows start with this, so that one Query reads account and server rows.
pub const PORTAL_PREFIX: &str = "PORTAL#";
/// Sort keys of an account's grants start with this.
pub const GRANT_PREFIX: &str = "GRANT#";
/// Sort keys of audit entries start with this; a ULID follows, so that they are in order of time.
pub const AUDIT_PREFIX: &str = "AUDIT#";
/// Sort keys of memberships in an address's partition start with this.
pub const MEMBER_PREFIX: &str = "MEMBER#";
/// Sort keys of open requests in an address's partition start with this.
pub const REQUEST_PREFIX: &str = "REQUEST#";
/// Sort keys of a customer's orders start with this.
pub const ORDER_PREFIX: &str = "ORDER#";
/// Sort keys of account summaries start with this.
pub const SUMMARY_PREFIX: &str = "SUMMARY#";
/// Sort keys of the catalogue start with this.
pub const SKU_PREFIX: &str = "SKU#";
/// Sort keys of an order's mail receipts start with this.
pub const RECEIPT_PREFIX: &str = "RECEIPT#";
/// The sort key of a server's own item.
pub const SERVER: &str = "SERVER";
/// The sort key of a server's lease item.
pub const LEASE: &str = "LEASE";
/// The partition of the catalogue.
pub const CATALOGUE: &str = "PRODUCT";

/// The partition of an account.
pub fn account_partition(account: AccountId) -> String {
    format!("ACCOUNT#{account}")
}

/// The partition of an order.
pub fn order_partition(order: OrderId) -> String {
    format!("ORDER#{order}")
}

/// The partition of a customer number.
pub fn customer_partition(customer: &BusinessNumber) -> String {
    format!("CUSTOMER#{customer}")
}

/// The partition of a person.
pub fn person_partition(person: PersonId) -> String {
    format!("PERSON#{person}")
}

/// The partition of a server.
pub fn server_partition(server: &ServerId) -> String {
    format!("SERVER#{server}")
}

/// The partition of an address: who it is and what they are member of.
pub fn address_partition(address: &EmailAddress) -> String {
    format!("ADDRESS#{address}")
}

/// The partition of a party: its roster, its audit and, for resellers and the vendor, its account summaries.
pub fn party_partition(party: &Party) -> String {
    match party {
        Party::Vendor => "VENDOR".to_owned(),
        Party::Reseller(number) => format!("RESELLER#{number}"),
        Party::Account(account) => account_partition(*account),
    }
}

/// The account item.
pub fn account(account: AccountId) -> Key {
    Key::new(account_partition(account), format!("{PORTAL_PREFIX}ACCOUNT"))
}

/// A server's row in its account.
pub fn server_row(account: AccountId, server: &ServerId) -> Key {
    Key::new(account_partition(account), format!("{PORTAL_PREFIX}SERVER#{server}"))
}

/// The last response of an offline server.
pub fn offline_answer(account: AccountId, server: &ServerId) -> Key {
    Key::new(account_partition(account), format!("OFFLINE#{server}"))
}

/// One grant of an account.
pub fn grant(account: AccountId, code: &LicenseCode) -> Key {
    Key::new(account_partition(account), format!("{GRANT_PREFIX}{code}"))
}

/// An order.
pub fn order(order: OrderId) -> Key {
    Key::new(order_partition(order), "ORDER")
}

/// Makes an order number unique and finds its order.
pub fn order_number(number: &OrderNumber) -> Key {
    Key::new(format!("ORDER_NUMBER#{number}"), "ORDER_NUMBER")
}

/// Makes a licence code unique for ever and finds its order.
pub fn license(code: &LicenseCode) -> Key {
    Key::new(format!("LICENSE#{code}"), "LICENSE")
}

/// Makes the account of a customer number unique and finds it.
pub fn customer(customer: &BusinessNumber) -> Key {
    Key::new(customer_partition(customer), "CUSTOMER")
}

/// Lists an order under its customer.
pub fn customer_order(customer: &BusinessNumber, order: OrderId) -> Key {
    Key::new(customer_partition(customer), format!("{ORDER_PREFIX}{order}"))
}

/// A person.
pub fn person(person: PersonId) -> Key {
    Key::new(person_partition(person), "PERSON")
}

/// Which mails a person does without.
pub fn preferences(person: PersonId) -> Key {
    Key::new(person_partition(person), "PREFERENCES")
}

/// How far the erasure of a person has come; it stays after them and names nobody.
pub fn erasure(person: PersonId) -> Key {
    Key::new(person_partition(person), "ERASURE")
}

/// Finds the person of an address, with the sign-in it is bound to.
pub fn address(address: &EmailAddress) -> Key {
    Key::new(address_partition(address), "ADDRESS")
}

/// A membership, in the partition of the member's address.
pub fn membership(address: &EmailAddress, party: &Party) -> Key {
    Key::new(address_partition(address), format!("{MEMBER_PREFIX}{}", party_partition(party)))
}

/// An open request to become a member, in the partition of the address that asks.
pub fn request(address: &EmailAddress, party: &Party) -> Key {
    Key::new(address_partition(address), format!("{REQUEST_PREFIX}{}", party_partition(party)))
}

/// All members of a party.
pub fn roster(party: &Party) -> Key {
    Key::new(party_partition(party), "ROSTER")
}

/// Says that the deployment named a person as vendor staff and was followed.
pub fn appointment(person: PersonId) -> Key {
    Key::new(party_partition(&Party::Vendor), format!("APPOINTED#{person}"))
}

/// What a list of accounts shows of one, in the partition of who has access.
pub fn summary(party: &Party, account: AccountId) -> Key {
    Key::new(party_partition(party), format!("{SUMMARY_PREFIX}{account}"))
}

/// A server's own item.
pub fn server(server: &ServerId) -> Key {
    Key::new(server_partition(server), SERVER)
}

/// A server's lease item.
pub fn lease(server: &ServerId) -> Key {
    Key::new(server_partition(server), LEASE)
}

/// An article of the catalogue.
pub fn product(sku: &Sku) -> Key {
    Key::new(CATALOGUE, format!("{SKU_PREFIX}{sku}"))
}

/// A recorded event, or its mail to one reader.
pub fn outbox(id: Ulid, reader: Option<PersonId>) -> Key {
    Key::new(format!("OUTBOX#{id}"), reader.map_or_else(|| "EVENT".to_owned(), |person| format!("READER#{person}")))
}

/// An event to the vendor.
pub fn vendor_event(id: Ulid) -> Key {
    Key::new(format!("EVENT#{id}"), "EVENT")
}

/// What became of an order's mail.
pub fn receipt(order: OrderId, delivery: Ulid, reader: PersonId) -> Key {
    Key::new(order_partition(order), format!("{RECEIPT_PREFIX}{delivery}#{reader}"))
}

/// An audit entry in the partition of what it is about.
pub fn audit(partition: &str, id: Ulid) -> Key {
    Key::new(partition, format!("{AUDIT_PREFIX}{id}"))
}

/// Reads the key of an event to the vendor; `None` where it is another item's.
pub fn parse_vendor_event(pk: &str, sk: &str) -> Option<Key> {
    (pk.starts_with("EVENT#")).then(|| Key::new(pk, sk))
}

/// Reads the key of an outbox item; `None` where it is another item's.
pub fn parse_outbox(pk: &str, sk: &str) -> Option<Key> {
    (pk.starts_with("OUTBOX#")).then(|| Key::new(pk, sk))
}

/// Reads whom an outbox item's key names as its reader; `None` where it is an event's own, or another item's.
pub(crate) fn parse_reader(key: &Key) -> Option<PersonId> {
    parse_outbox(&key.pk, &key.sk)?;
    PersonId::parse(key.sk.strip_prefix("READER#")?).ok()
}

/// Reads the account of an account item's key; `None` where it is another item's.
pub fn parse_account(key: &Key) -> Option<AccountId> {
    let id = AccountId::parse(key.pk.strip_prefix("ACCOUNT#")?).ok()?;
    (account(id) == *key).then_some(id)
}

/// Reads the server of a server item's key; `None` where it is another item's.
pub fn parse_server(key: &Key) -> Option<ServerId> {
    let id = ServerId::parse(key.pk.strip_prefix("SERVER#")?).ok()?;
    (server(&id) == *key).then_some(id)
}
