//! The whole service on one machine, from the first endpoint to the last function.

use std::sync::{Arc, PoisonError, RwLock};

use aws_config::SdkConfig;
use dynoxide::Database;
use http_api::{Clock, Settings};
use lease::Roots;
use tokio::net::TcpListener;
use tokio::sync::{Mutex, Notify};
use tokio::task::JoinHandle;

use crate::config::StackConfig;
use crate::endpoint::{Endpoint, listen};
use crate::erp::Erp;
use crate::fault::Faults;
use crate::feedback::{Subscription, topic};
use crate::functions::{self, Functions, HttpFunction};
use crate::gateway::{Authorizer, Gateway};
use crate::keys::{Keys, Rotation};
use crate::mailbox::Mailbox;
use crate::people::people;
use crate::receiver::{self, Receiver};
use crate::samples::{SampleOrders, load_catalogue};
use crate::sdk::Services;
use crate::secrets::SharedSecrets;
use crate::sign_in::Provider;
use crate::site::Site;
use crate::store::Store;
use crate::stream::Pump;
use crate::time::TimeMachine;
use crate::trouble::Troubles;
use crate::{StartError, dynamodb, keys, sdk, secrets, ses};

/// The document that tells `order` where the stack listens.
pub(crate) const RUNNING: &str = "running.json";

/// The public roots, as `appsuite --root-file` takes them.
pub(crate) const ROOTS: &str = "roots.json";

/// So many sweeps of the outbox come before the next run of `advance`.
const SWEEPS_PER_ADVANCE: u32 = 10;

/// A running stack. Dropping it without [`Self::stop`] leaves its tasks to the runtime.
pub struct Stack {
    /// The origin of portal and API, such as `http://localhost:8787`.
    pub base_url: String,
    /// Where a Function URL of `check-in` listens, as the template makes one on demand.
    pub check_in_url: String,
    /// Every mail that was sent.
    pub mailbox: Mailbox,
    /// Faults of the mail endpoint.
    pub faults: Faults,
    /// What goes wrong between the SDKs and their services.
    pub troubles: Troubles,
    /// Where events to the vendor arrive.
    pub receiver: Receiver,
    /// The OpenID provider.
    pub provider: Provider,
    /// The ERP's side of the API.
    pub erp: Erp,
    /// What an AppSuite pins.
    pub roots: Roots,
    /// What the functions were told.
    pub settings: Settings,
    /// What the unchanged AWS SDKs take to reach this stack.
    pub sdk: SdkConfig,
    /// The embedded database, to look into.
    pub database: Database,
    pub(crate) services: Services,
    clock: Clock,
    functions: Arc<Functions>,
    endpoints: Vec<Endpoint>,
    secrets: SharedSecrets,
    pumps: Vec<Mutex<Pump>>,
    subscription: Option<Mutex<Subscription>>,
    background: Vec<JoinHandle<()>>,
}

/// What runs before the gateway does.
struct Ground {
    store: Store,
    keys: Keys,
    database: Database,
    mailbox: Mailbox,
    faults: Faults,
    subscription: Subscription,
    receiver: Receiver,
    events_url: String,
    troubles: Troubles,
    secrets: SharedSecrets,
    services: Services,
    sdk: SdkConfig,
    endpoints: Vec<Endpoint>,
    check_in_listener: TcpListener,
}

impl Stack {
    /// Starts everything and returns when it serves.
    pub async fn start(config: StackConfig) -> Result<Self, StartError> {
        let listener = listen(config.port).await?;
        let base_url = format!("http://localhost:{}", listener.local_addr()?.port());
        let ground = Box::pin(Ground::lay(&config)).await?;
        let provider = Provider::open(&ground.store, &base_url, config.clock.clone())?;
        let settings = functions::settings(&base_url, ground.events_url.clone(), &provider, &config);
        let functions = connect(&config, settings.clone(), ground.sdk.clone()).await?;
        let stack = Self::assemble(&config, listener, base_url, ground, provider, settings, functions)?;
        if config.catalogue && stack.functions.serves("/v1/products") {
            load_catalogue(&stack.erp).await?;
        }
        Ok(stack)
    }

    fn assemble(
        config: &StackConfig,
        listener: TcpListener,
        base_url: String,
        ground: Ground,
        provider: Provider,
        settings: Settings,
        functions: Arc<Functions>,
    ) -> Result<Self, StartError> {
        let Ground { store, keys, database, mailbox, faults, subscription, receiver, .. } = ground;
        let Ground { troubles, secrets, services, sdk, mut endpoints, check_in_listener, .. } = ground;
        let clock = config.clock.clone();
        let wakes: Vec<Arc<Notify>> = functions.streams().iter().map(|_| Arc::default()).collect();
        let erp = Erp::new(&base_url, keys.erp, clock.clone());
        let gateway = |functions| gateway(functions, &provider, config, &wakes);
        let check_in = functions.http().into_iter().filter(|function| function.name == "check-in").collect();
        let check_in = Endpoint::serve(check_in_listener, gateway(check_in).of_one_function().router())?;
        let check_in_url = check_in.url().to_owned();
        let gateway = gateway(functions.http());
        let (looked_into, staff) = (database.clone(), config.vendor_staff.clone());
        let site = Site {
            brand: settings.brand.clone(),
            mailbox: mailbox.clone(),
            receiver: receiver.clone(),
            orders: SampleOrders::new(erp.clone(), store.clone(), clock.clone()),
            provider: provider.clone(),
            people: Arc::new(move || people(&looked_into, &staff)),
            time: TimeMachine::new(clock, erp.key().to_owned()),
        };
        endpoints.push(check_in);
        endpoints.push(Endpoint::serve(listener, site.router().merge(gateway.router()))?);
        store.write_json(RUNNING, &base_url)?;
        store.write_json(ROOTS, &keys.roots)?;
        let (pumps, mut background) = streams(config, &functions, &database, &store, wakes)?;
        let subscription = if config.background {
            background.push(tokio::spawn(subscription.run(functions.listener())));
            None
        } else {
            Some(Mutex::new(subscription))
        };
        Ok(Self {
            base_url,
            check_in_url,
            mailbox,
            faults,
            receiver,
            troubles,
            provider,
            erp,
            roots: keys.roots,
            settings,
            sdk,
            database,
            services,
            clock: config.clock.clone(),
            functions,
            endpoints,
            secrets,
            pumps: pumps.into_iter().map(Mutex::new).collect(),
            subscription,
            background,
        })
    }

    /// What time it is for the stack.
    pub const fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The key that the ERP signs with, `whsec_…`.
    pub fn erp_key(&self) -> &str {
        self.erp.key()
    }

    /// Sweeps mails and events now instead of at the next tick.
    pub async fn sweep(&self) {
        for source in self.functions.streams() {
            source.function.sweep().await;
        }
    }

    /// Takes accounts to today now instead of at the next tick.
    pub async fn advance(&self) {
        self.functions.advance().await;
    }

    /// Takes the next key into use while everything runs. The stack forgets it when it stops.
    ///
    /// # Errors
    ///
    /// When the secret is not what this stack made.
    pub fn rotate(&self, what: Rotation) -> Result<(), StartError> {
        keys::rotate(&mut self.secrets.write().unwrap_or_else(PoisonError::into_inner), what)
    }

    /// Shows `send-mail` and `send-event` what stream and topic hold, then sweeps; for a stack without background.
    ///
    /// # Panics
    ///
    /// Where the stack has a background that does it.
    pub async fn deliver_mail(&self) {
        assert!(!self.pumps.is_empty(), "a stack with a background delivers by itself");
        for pump in &self.pumps {
            if let Err(error) = pump.lock().await.drain().await {
                tracing::error!(%error, "a stream pump failed");
            }
        }
        if let Some(subscription) = &self.subscription {
            subscription.lock().await.drain(&self.functions.listener()).await;
        }
        self.sweep().await;
    }

    /// Stops taking requests, waits for those under way, and gives the folder free.
    pub async fn stop(self) {
        for task in &self.background {
            task.abort();
        }
        for task in self.background {
            drop(task.await);
        }
        // The gateway is the last of them, and the first to stop: the others serve its functions.
        for endpoint in self.endpoints.into_iter().rev() {
            endpoint.stop().await;
        }
    }
}

impl Ground {
    async fn lay(config: &StackConfig) -> Result<Self, StartError> {
        let store = Store::open(&config.data)?;
        let keys = Keys::open(&store, config.clock.now())?;
        let database = dynamodb::open(&store)?;
        let mailbox = Mailbox::open(store.clone(), config.clock.clone())?;
        let faults = Faults::default();
        let dynamodb = Endpoint::serve_database(listen(0).await?, database.clone())?;
        let shared: SharedSecrets = Arc::new(RwLock::new(keys.secrets.clone()));
        let secrets = Endpoint::serve(listen(0).await?, secrets::router(shared.clone()))?;
        let (topic, subscription) = topic();
        let ses = Endpoint::serve(listen(0).await?, ses::router(mailbox.clone(), faults.clone(), topic))?;
        let receiver = Receiver::new(&keys.secrets[keys::EVENT], config.clock.clone())?;
        let events = Endpoint::serve(listen(0).await?, receiver.clone().router())?;
        let events_url = format!("{}{}", events.url(), receiver::PATH);
        let troubles = Troubles::new(config.clock.clone());
        let services = Services {
            dynamodb: dynamodb.url().to_owned(),
            secrets: secrets.url().to_owned(),
            ses: ses.url().to_owned(),
        };
        let sdk = sdk::config(services.clone(), &troubles);
        dynamodb::create_table(&sdk).await?;
        Ok(Self {
            store,
            keys,
            database,
            mailbox,
            faults,
            subscription,
            receiver,
            events_url,
            troubles,
            secrets: shared,
            services,
            sdk,
            endpoints: vec![dynamodb, secrets, ses, events],
            check_in_listener: listen(0).await?,
        })
    }
}

/// A front door to these functions.
fn gateway(functions: Vec<HttpFunction>, provider: &Provider, config: &StackConfig, wakes: &[Arc<Notify>]) -> Gateway {
    let authorizer = Authorizer::of(provider);
    Gateway::new(functions, authorizer, config.clock.clone(), config.limits, wakes.to_vec(), config.runtime())
}

/// Starts every function where it is to run: its connections belong to that runtime.
async fn connect(config: &StackConfig, settings: Settings, sdk: SdkConfig) -> Result<Arc<Functions>, StartError> {
    let clock = config.clock.clone();
    let connected = config.runtime().spawn(async move { Box::pin(Functions::connect(&settings, &sdk, &clock)).await });
    Ok(Arc::new(connected.await.map_err(StartError::function)??))
}

/// A pump and a sweep for each function behind the stream, running, or the pumps alone where nothing runs by itself.
fn streams(
    config: &StackConfig,
    functions: &Arc<Functions>,
    database: &Database,
    store: &Store,
    wakes: Vec<Arc<Notify>>,
) -> Result<(Vec<Pump>, Vec<JoinHandle<()>>), StartError> {
    let (mut pumps, mut background) = (Vec::new(), Vec::new());
    for (source, wake) in functions.streams().iter().zip(wakes) {
        let pump = Pump::new(database.clone(), store.clone(), source.clone(), wake)
            .map_err(|error| StartError::Database(error.to_string()))?;
        if !config.background {
            pumps.push(pump);
            continue;
        }
        let (mut ticks, function) = (tokio::time::interval(config.sweep_every), source.function.clone());
        background.push(tokio::spawn(pump.run()));
        background.push(tokio::spawn(async move {
            loop {
                ticks.tick().await;
                function.sweep().await;
            }
        }));
    }
    if config.background {
        let (mut ticks, functions) =
            (tokio::time::interval(config.sweep_every * SWEEPS_PER_ADVANCE), functions.clone());
        background.push(tokio::spawn(async move {
            loop {
                ticks.tick().await;
                functions.advance().await;
            }
        }));
    }
    Ok((pumps, background))
}
