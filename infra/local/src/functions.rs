//! Which functions there are: the one place that names them all.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use aws_config::SdkConfig;
use aws_lambda_events::dynamodb::Event;
use http_api::{Clock, Route, Settings};
use lambda_http::{Body, Request, Response};
use licensing::text::EmailAddress;
use send_mail::Invocation;
use serde_json::Value;

use crate::config::StackConfig;
use crate::dynamodb::TABLE;
use crate::sign_in::Provider;
use crate::{StartError, keys};

/// A future on the heap.
pub(crate) type BoxFuture<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// A function behind the gateway.
#[derive(Clone)]
pub struct HttpFunction {
    /// Its name: folder, crate and resource.
    pub name: &'static str,
    /// What it serves.
    pub routes: &'static [Route],
    /// Calls it.
    pub invoke: Invoke,
}

/// Calls a function.
pub type Invoke = Arc<dyn Fn(Request) -> BoxFuture<Response<Body>> + Send + Sync>;

impl HttpFunction {
    /// Wraps the library of a function.
    pub fn new<F>(
        name: &'static str,
        routes: &'static [Route],
        handle: impl Fn(Request) -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = Response<Body>> + Send + 'static,
    {
        Self { name, routes, invoke: Arc::new(move |request| Box::pin(handle(request))) }
    }
}

/// A function behind the table's stream, with the filter that the template gives its event source: new items whose
/// partition begins so.
#[derive(Clone)]
pub(crate) struct StreamSource {
    pub(crate) name: &'static str,
    pub(crate) prefix: &'static str,
    pub(crate) function: Arc<dyn StreamFunction>,
}

/// What a stream wakes.
pub(crate) trait StreamFunction: Send + Sync {
    /// Handles a batch; the answer names the sequence numbers that failed.
    fn handle(&self, event: Event) -> BoxFuture<Vec<String>>;

    /// Finds what the stream missed.
    fn sweep(&self) -> BoxFuture<()>;
}

/// Hears what SES says of a mail, as Lambda hands it over; whether that went well.
pub(crate) type Listener = Arc<dyn Fn(Value) -> BoxFuture<bool> + Send + Sync>;

/// What the functions are told.
pub(crate) fn settings(base_url: &str, events_url: String, provider: &Provider, config: &StackConfig) -> Settings {
    Settings {
        table_name: TABLE.to_owned(),
        base_url: Some(base_url.to_owned()),
        token_keys: keys::TOKEN.to_owned(),
        link_keys: keys::LINK.to_owned(),
        lease_keys: keys::LEASE.to_owned(),
        erp_keys: keys::ERP.to_owned(),
        event_keys: keys::EVENT.to_owned(),
        events_url: Some(events_url),
        refusals_suspended: config.refusals_suspended,
        mail_from: EmailAddress::parse("licenses@example.com").ok(),
        mail_configuration_set: Some("local".to_owned()),
        vendor_staff: config.vendor_staff.clone(),
        openid_issuer: provider.issuer().to_owned(),
        openid_client_id: provider.client_id().to_owned(),
        portal_connect: Vec::new(),
        brand: config.brand.clone(),
    }
}

/// A function of the crate `$library`, connected as `$function`.
macro_rules! function {
    ($name:literal, $library:ident, $function:expr) => {{
        let function = Arc::new($function);
        HttpFunction::new($name, $library::ROUTES, move |request| {
            let function = function.clone();
            async move { $library::handle(&function, request).await }
        })
    }};
}

/// Lets the stream wake `$function`.
macro_rules! stream_function {
    ($function:ty) => {
        impl StreamFunction for Arc<$function> {
            fn handle(&self, event: Event) -> BoxFuture<Vec<String>> {
                let function = self.clone();
                Box::pin(async move { function.handle_stream(event).await })
            }

            fn sweep(&self) -> BoxFuture<()> {
                let function = self.clone();
                Box::pin(async move {
                    if let Err(error) = <$function>::sweep(&function).await {
                        tracing::error!(cause = http_api::telemetry::causes(&error), "the sweep failed");
                    }
                })
            }
        }
    };
}

stream_function!(send_mail::SendMail);
stream_function!(send_event::SendEvent);

fn listener(function: Arc<send_mail::SendMail>) -> Listener {
    Arc::new(move |event| {
        let function = function.clone();
        Box::pin(async move {
            let Ok(Invocation::Feedback(event)) = serde_json::from_value(event) else { return false };
            let heard = function.handle_feedback(event).await;
            heard.inspect_err(|error| tracing::error!(cause = http_api::telemetry::causes(error), "not heard")).is_ok()
        })
    })
}

/// All functions, connected.
pub(crate) struct Functions {
    http: Vec<HttpFunction>,
    streams: Vec<StreamSource>,
    advance: Arc<advance::Advance>,
    listener: Listener,
}

impl Functions {
    /// Starts every function as Lambda would.
    pub(crate) async fn connect(settings: &Settings, sdk: &SdkConfig, clock: &Clock) -> Result<Self, StartError> {
        let receive_order = receive_order::ReceiveOrder::connect(settings, sdk, clock.clone());
        let unlock = unlock::Unlock::connect(settings, sdk, clock.clone());
        let assign = assign::Assign::connect(settings, sdk, clock.clone());
        let mint_token = mint_token::MintToken::connect(settings, sdk, clock.clone());
        let check_in = check_in::CheckInFunction::connect(settings, sdk, clock.clone());
        let account = account::AccountFunction::connect(settings, sdk, clock.clone());
        let send_mail = send_mail::SendMail::connect(settings, sdk, clock.clone());
        let send_event = send_event::SendEvent::connect(settings, sdk, clock.clone());
        let advance = advance::Advance::connect(settings, sdk, clock.clone());
        let portal = portal::Portal::new(settings, clock.clone());
        let http = vec![
            function!("receive-order", receive_order, receive_order.await.map_err(StartError::function)?),
            function!("unlock", unlock, unlock.await.map_err(StartError::function)?),
            function!("assign", assign, assign.await.map_err(StartError::function)?),
            function!("mint-token", mint_token, mint_token.await.map_err(StartError::function)?),
            function!("check-in", check_in, check_in.await.map_err(StartError::function)?),
            function!("account", account, account.await.map_err(StartError::function)?),
            function!("portal", portal, portal),
        ];
        let send_mail = Arc::new(send_mail.await.map_err(StartError::function)?);
        let send_event = Arc::new(send_event.await.map_err(StartError::function)?);
        let listener = listener(send_mail.clone());
        let streams = vec![
            StreamSource { name: "send-mail", prefix: "OUTBOX#", function: Arc::new(send_mail) },
            StreamSource { name: "send-event", prefix: "EVENT#", function: Arc::new(send_event) },
        ];
        Ok(Self { http, streams, listener, advance: Arc::new(advance.await.map_err(StartError::function)?) })
    }

    pub(crate) fn http(&self) -> Vec<HttpFunction> {
        self.http.clone()
    }

    pub(crate) fn streams(&self) -> &[StreamSource] {
        &self.streams
    }

    /// Runs `advance` as its schedule would.
    pub(crate) async fn advance(&self) {
        if let Err(error) = self.advance.run(None).await {
            tracing::error!(cause = http_api::telemetry::causes(&error), "advance failed");
        }
    }

    /// The function that subscribes to what SES says of mails.
    pub(crate) fn listener(&self) -> Listener {
        self.listener.clone()
    }

    pub(crate) fn serves(&self, path: &str) -> bool {
        self.http.iter().flat_map(|function| function.routes).any(|route| route.path == path)
    }
}
