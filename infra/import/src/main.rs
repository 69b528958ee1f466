#![doc = include_str!("../README.md")]

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::Parser;
use http_api::Clock;
use import::{Catalogue, LISTED_MAX, Outcome, Plan, Progress, Target, check, send};

/// Imports licences that were sold before from a CSV file.
#[derive(Debug, Parser)]
#[command(name = "import-licenses")]
struct Arguments {
    /// The file, a row a licence.
    file: PathBuf,
    /// The catalogue as it was sent to /v1/products; may be named several times.
    #[arg(long, required = true)]
    products: Vec<PathBuf>,
    /// Where the service is, such as `https://licenses.example.com`.
    #[arg(long, required_unless_present = "check")]
    url: Option<String>,
    /// A file with the key that the ERP signs with, whsec_….
    #[arg(long, required_unless_present = "check")]
    secret_file: Option<PathBuf>,
    /// Only checks the file.
    #[arg(long)]
    check: bool,
    /// How many customers are imported at the same time.
    #[arg(long, default_value_t = 8)]
    parallel: usize,
    /// How many orders a second at most; the API throttles the ERP above 50.
    #[arg(long, default_value_t = 40)]
    per_second: u32,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(sentence) => {
            eprintln!("{sentence}");
            ExitCode::FAILURE
        }
    }
}

/// Checks and sends; whether everything is imported, or in order where it is only checked.
async fn run(arguments: Arguments) -> Result<bool, String> {
    let plan = match plan(&arguments)? {
        Ok(plan) => plan,
        Err(faults) => {
            faults.iter().take(LISTED_MAX).for_each(|fault| eprintln!("{fault}"));
            eprintln!("{} faults. Nothing was sent.", faults.len());
            return Ok(false);
        }
    };
    println!("{} licences in {} orders; no faults.", plan.licenses(), plan.orders.len());
    let (Some(url), Some(secret_file), false) = (arguments.url, arguments.secret_file, arguments.check) else {
        return Ok(true);
    };
    let key = read(&secret_file).and_then(|bytes| {
        String::from_utf8(bytes).map_err(|_| format!("{} holds no key such as whsec_….", secret_file.display()))
    })?;
    let target = Target {
        url,
        key: key.trim().to_owned(),
        parallel: arguments.parallel,
        per_second: arguments.per_second,
        clock: Clock::system(),
    };
    let outcome = watched(&plan, &target).await?;
    Ok(told(&outcome))
}

fn plan(arguments: &Arguments) -> Result<Result<Plan, Vec<import::FileFault>>, String> {
    let mut catalogue = Catalogue::default();
    for path in &arguments.products {
        let wrong = || format!("{} is no catalogue as /v1/products takes it.", path.display());
        let document = serde_json::from_slice(&read(path)?).map_err(|_| wrong())?;
        catalogue = catalogue.with(&document).ok_or_else(wrong)?;
    }
    check(&read(&arguments.file)?, &catalogue).map_err(|fault| fault.to_string())
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    std::fs::read(path).map_err(|error| format!("{} can't be read: {error}.", path.display()))
}

/// Sends, shows how far it has come, and stops in order on Ctrl-C.
async fn watched(plan: &Plan, target: &Target) -> Result<Outcome, String> {
    let progress = Progress::default();
    let shown = std::io::stderr().is_terminal();
    // A line that is written over where somebody looks, and few lines where it goes into a file.
    let mut ticks = tokio::time::interval(Duration::from_secs(if shown { 1 } else { 10 }));
    let (begun, mut stops) = (Instant::now(), false);
    let sending = send(plan, target, &progress);
    tokio::pin!(sending);
    loop {
        tokio::select! {
            outcome = &mut sending => {
                if shown {
                    eprintln!();
                }
                return outcome;
            }
            _ = ticks.tick() => show(&progress, plan.orders.len(), begun.elapsed(), shown),
            _ = tokio::signal::ctrl_c(), if !stops => {
                stops = true;
                progress.stop();
                eprintln!("\nStopping after the orders that are on their way.");
            }
        }
    }
}

fn show(progress: &Progress, total: usize, elapsed: Duration, over: bool) {
    let [new, known, refused] = progress.counts();
    let done = new + known + refused;
    let line =
        format!("{done} of {total} orders: {new} new, {known} known, {refused} refused{}", left(done, total, elapsed));
    let (begin, end) = if over { ("\r\x1b[2K", "") } else { ("", "\n") };
    let mut errors = std::io::stderr();
    // That nobody reads it any more is no fault.
    drop(write!(errors, "{begin}{line}{end}").and_then(|()| errors.flush()));
}

/// How long the rest takes at the speed so far.
fn left(done: usize, total: usize, elapsed: Duration) -> String {
    if done == 0 || done == total {
        return String::new();
    }
    #[expect(clippy::cast_precision_loss, reason = "it is shown in minutes")]
    let seconds = elapsed.as_secs_f64() * (total - done) as f64 / done as f64;
    format!(", {:.0} min left", (seconds / 60.0).ceil())
}

/// Prints how it ended; whether everything is imported.
fn told(outcome: &Outcome) -> bool {
    let mut faults: Vec<_> = outcome.refused.iter().flat_map(|refused| &refused.faults).collect();
    faults.sort();
    for fault in faults {
        eprintln!("{fault}");
    }
    println!("{} orders are new, {} were there, {} were refused.", outcome.new, outcome.known, outcome.refused.len());
    if outcome.left > 0 {
        let cause = outcome.cause.as_deref().unwrap_or("It was stopped.");
        eprintln!("{cause} {} orders are left: run the same command again to go on.", outcome.left);
    }
    outcome.left == 0 && outcome.refused.is_empty()
}
