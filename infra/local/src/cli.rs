//! The command line: start the stack, send an order, run the demo.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use http_api::Clock;
use licensing::grant::utc_day;
use serde_json::{Map, Value};
use tokio::signal;

use crate::config::StackConfig;
use crate::erp::Erp;
use crate::keys::erp_key;
use crate::sample::{self, SampleError};
use crate::samples::from_today;
use crate::secrets::Secrets;
use crate::stack::{ROOTS, RUNNING};
use crate::{Data, Stack, demo};

/// Cloud Licensing on this machine.
#[derive(Debug, Parser)]
#[command(name = "cargo run --", disable_help_subcommand = true)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    /// The port that the stack listens on, on loopback.
    #[arg(long, default_value_t = 8787)]
    port: u16,
    /// The folder that keeps everything.
    #[arg(long, default_value_os_t = default_folder(), global = true)]
    data: PathBuf,
    /// Let check-in refuse nobody, as a deployment does while whoever runs it doubts it.
    #[arg(long)]
    suspend_refusals: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Sign an order with the local ERP key and post it to the running stack.
    Order {
        /// The order as JSON; `-` reads it from standard input.
        file: PathBuf,
        /// Move all dates so that the earliest is today.
        #[arg(long)]
        from_today: bool,
    },
    /// Do the main job from order to activated AppSuite in a temporary folder, showing each step.
    Demo,
    /// Load a world to look at into the running stack: forty customers in every state of licences and servers.
    Sample,
}

/// Runs the command line.
pub async fn run() -> ExitCode {
    let arguments = Arguments::parse();
    let done = match arguments.command {
        None => serve(arguments).await,
        Some(Command::Order { file, from_today }) => order(&arguments.data, &file, from_today).await,
        Some(Command::Sample) => load_sample(&arguments.data).await,
        Some(Command::Demo) => demo::run(|line| println!("{line}")).await.map_err(|error| error.to_string()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            eprintln!("{sentence}");
            ExitCode::FAILURE
        }
    }
}

/// `.local` of the work tree that this was built in.
fn default_folder() -> PathBuf {
    let crate_folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    crate_folder.ancestors().nth(2).unwrap_or(crate_folder).join(".local")
}

async fn serve(arguments: Arguments) -> Result<(), String> {
    let Arguments { port, data: folder, suspend_refusals: refusals_suspended, .. } = arguments;
    let data = Data::Folder(folder.clone());
    let config = StackConfig { port, data, refusals_suspended, ..StackConfig::in_memory(Clock::movable()) };
    let stack = Stack::start(config).await.map_err(|error| error.to_string())?;
    say(&guide(&stack, &folder));
    interrupted().await;
    say("Stopping.\n");
    stack.stop().await;
    Ok(())
}

fn guide(stack: &Stack, folder: &Path) -> String {
    let (base_url, check_in_url) = (&stack.base_url, &stack.check_in_url);
    format!(
        "\nCloud Licensing runs at {base_url}\n\n  \
         Mailbox   {base_url}/local/mailbox   every mail; SEND SAMPLE ORDER posts the sample order\n  \
         Events    {base_url}/local/events    what the vendor's ERP or CRM is told\n  \
         Sign-in   {base_url}/local/openid    everybody to sign in as\n  \
         Portal    {base_url}/\n  \
         Check-in  {check_in_url}   a second door, for check-ins alone, as a Function URL is one\n\n  \
         cargo run -- order FILE.json   signs an order with the local ERP key and posts it\n  \
         cargo run -- sample            loads customers in every state to look at\n  \
         cargo run -- demo              the whole way from order to activated AppSuite, by itself\n\n\
         Everything is kept in {} and found again at the next start. Ctrl-C stops.\n\n",
        folder.display()
    )
}

/// Prints; that nobody reads it any more is no fault.
fn say(text: &str) {
    drop(std::io::stdout().write_all(text.as_bytes()));
}

/// Ctrl-C, or the signal that tells a service to stop.
async fn interrupted() {
    #[cfg(unix)]
    {
        use signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    drop(signal::ctrl_c().await);
}

async fn order(folder: &Path, file: &Path, shift: bool) -> Result<(), String> {
    let clock = Clock::system();
    let mut body = read(file)?;
    let order = object(file, &body)?;
    let (base_url, key) = running(folder)?;
    if shift {
        body = from_today(order, utc_day(clock.now())).to_string();
    }
    let answer = Erp::new(base_url, key, clock).post("/v1/orders", body).await.map_err(|error| format!("{error}."))?;
    say(&format!("{}\n", pretty(&answer.body)));
    if answer.is_success() { Ok(()) } else { Err(format!("The order was refused with status {}.", answer.status)) }
}

/// Where the stack of a folder listens, and its ERP key.
fn running(folder: &Path) -> Result<(String, String), String> {
    let missing = || format!("No stack has run in {}: start it with `cargo run`.", folder.display());
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).map_err(|_| missing());
    let base_url: String = serde_json::from_str(&read(RUNNING)?).map_err(|_| missing())?;
    let secrets: Secrets = serde_json::from_str(&read(crate::keys::SECRETS_DOCUMENT)?).map_err(|_| missing())?;
    Ok((base_url, erp_key(&secrets).map_err(|error| error.to_string())?))
}

async fn load_sample(folder: &Path) -> Result<(), String> {
    let (base_url, erp_key) = running(folder)?;
    let roots = std::fs::read_to_string(folder.join(ROOTS)).map_err(|error| error.to_string())?;
    let roots = serde_json::from_str(&roots).map_err(|error| format!("{ROOTS}: {error}."))?;
    let site = sample::Site { base_url, erp_key, roots, folder: folder.join("sample") };
    let loaded = tokio::select! {
        loaded = sample::load(&site, |line| say(&format!("{line}\n"))) => loaded,
        () = interrupted() => sample::back_to_today(&site).await.and(Err(SampleError::Halfway)),
    };
    let loaded = loaded.map_err(|error| error.to_string())?;
    let sentence = match loaded {
        sample::Loaded::Now => "The sample is loaded.",
        sample::Loaded::Before => "The sample is there already.",
    };
    say(&format!("{sentence} Sign in at {}/ as:\n\n{}\n", site.base_url, sample::guide()));
    Ok(())
}

fn read(file: &Path) -> Result<String, String> {
    let mut text = String::new();
    let read = if file == Path::new("-") {
        std::io::stdin().read_to_string(&mut text).map(|_| text)
    } else {
        std::fs::read_to_string(file)
    };
    read.map_err(|error| format!("{} can't be read: {error}.", file.display()))
}

/// What is no JSON object can't be an order, so it isn't sent.
fn object(file: &Path, text: &str) -> Result<Value, String> {
    let refused = |what: &str, error: &serde_json::Error| {
        format!("{} is not {what}: line {}, column {}.", file.display(), error.line().max(1), error.column().max(1))
    };
    let read = serde_json::from_str::<Map<String, Value>>(text).map(Value::Object);
    read.map_err(|error| refused(if error.is_data() { "a JSON object" } else { "JSON" }, &error))
}

fn pretty(body: &str) -> String {
    let value = serde_json::from_str::<Value>(body).and_then(|value| serde_json::to_string_pretty(&value));
    value.unwrap_or_else(|_| body.to_owned())
}
