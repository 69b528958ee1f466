//! A link that opens an order.

use http_api::{Call, Failure};
use lambda_http::http::StatusCode;
use lease::{MacRing, OrderLink};
use licensing::id::OrderId;
use licensing::member::Person;
use licensing::order::Order;
use table::Stored;

use crate::Unlock;
use crate::page::{Look, Page, SupersededPage, UnknownPage};

/// An order opened by its current link.
pub(crate) struct Opened<'a> {
    pub(crate) look: Look<'a>,
    pub(crate) ring: &'a MacRing,
    pub(crate) link: OrderLink,
    /// The path of the order's page.
    pub(crate) path: String,
    pub(crate) order: Stored<Order>,
}

/// What a link leads to.
pub(crate) enum Opening<'a> {
    Here(Box<Opened<'a>>),
    Page(StatusCode, Page),
}

impl<'a> Opened<'a> {
    /// Checks the link before anything is read, then reads its order.
    pub(crate) async fn open(
        function: &'a Unlock,
        call: &Call,
        ring: &'a MacRing,
        text: &str,
    ) -> Result<Opening<'a>, Failure> {
        let look = function.look(call);
        let unknown = || Opening::Page(StatusCode::NOT_FOUND, UnknownPage { look }.render());
        let Ok(link) = OrderLink::open(ring, text) else { return Ok(unknown()) };
        let Some(order) = function.table.order(OrderId::new(link.order)).await? else { return Ok(unknown()) };
        let recipient = function.table.person(order.state.head.recipient.person).await?;
        let language = call.language().or(recipient.as_ref().map(|person| person.language)).unwrap_or_default();
        let look = Look { language, ..look };
        if link.generation > order.state.link.generation {
            return Err(Failure::Doubtful("an unlock link is ahead of its order: was the table restored?"));
        }
        // Whatever mail it comes from: a cancelled order says that it is cancelled.
        if link.generation < order.state.link.generation && !order.state.is_cancelled() {
            return Ok(superseded(look, &order.state, recipient.as_ref()));
        }
        Ok(Opening::Here(Box::new(Self { look, ring, link, path: format!("/unlock/{text}"), order })))
    }
}

fn superseded<'a>(look: Look<'_>, order: &Order, recipient: Option<&Person>) -> Opening<'a> {
    let sent_to = recipient.map(|person| person.email.masked());
    let page = SupersededPage { look, sent_to: sent_to.as_deref(), sent_at: order.link.recorded_at }.render();
    Opening::Page(StatusCode::GONE, page)
}
