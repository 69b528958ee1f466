//! The `appsuite` command.

use std::path::PathBuf;
use std::process::ExitCode;

use appsuite::{
    Cause, Client, ClientConfig, ClientError, Clock, Failure, HttpOptions, InstallFault, Outcome, Storage,
    StorageError, doctor,
};
use clap::{Parser, Subcommand};
use lease::Roots;

/// The service of nobody in particular: a packaged AppSuite sets `APPSUITE_URL`.
const DEFAULT_URL: &str = "https://api.example.com";

/// Reference client of the Licensing Service: activates an AppSuite and keeps it current.
///
/// Exit codes: 0 done · 1 not set up (root file, certificates) · 2 wrong usage · 3 the token or string has a typing error,
/// nothing was sent or installed · 4 not activated · 5 nothing could be stored · 6 no trusted answer, what runs runs on · 7 refused
/// by the service · 8 another appsuite process is at work · 9 doctor found something to do ·
/// 10 the response is not for this installation, or there is nothing to return.
#[derive(Parser)]
#[command(name = "appsuite", version)]
struct Arguments {
    /// The Licensing Service; left out, the one that this installation was activated at, or `https://api.example.com`.
    #[arg(long, global = true, env = "APPSUITE_URL")]
    url: Option<String>,
    /// The folder of this installation.
    #[arg(long, global = true, env = "APPSUITE_STATE_DIR", default_value = "/var/lib/appsuite-licensing")]
    state_dir: PathBuf,
    /// JSON file with the pinned public keys: {"root": "…", "spare": "…"}.
    #[arg(long, global = true, env = "APPSUITE_ROOT_FILE", default_value = "/etc/appsuite-licensing/roots.json")]
    root_file: PathBuf,
    /// PEM file with certificates to trust besides the system's.
    #[arg(long, global = true, env = "APPSUITE_CA_FILE")]
    ca_file: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Activates this server with the token from the License Portal.
    Activate {
        /// The token, quoted: it contains a bar.
        #[arg(long)]
        token: String,
    },
    /// Checks in now.
    CheckIn,
    /// Shows licences, care and warnings; needs no network.
    Status,
    /// Stays current until Ctrl-C.
    Run,
    /// Strings to carry where there is no network.
    #[command(subcommand)]
    Offline(Offline),
    /// Looks for what stands between this server and the service.
    Doctor,
}

#[derive(Subcommand)]
enum Offline {
    /// Makes the request string to upload in the License Portal; asked again, the same one until its response is
    /// installed.
    Request {
        /// The token from the License Portal, quoted: it contains a bar. Needed the first time.
        #[arg(long)]
        token: Option<String>,
        /// Where to write the string; left out, it is printed.
        #[arg(long)]
        out: Option<PathBuf>,
    },
    /// Installs the response string from the License Portal.
    Install {
        /// The file with the string; - reads what is pasted.
        file: PathBuf,
    },
    /// Stops what runs, for ever, and makes the return string to upload in the License Portal.
    Return {
        /// Where to write the string; left out, it is printed.
        #[arg(long)]
        out: Option<PathBuf>,
    },
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let client = match client(&arguments) {
        Ok(client) => client,
        Err(sentence) => {
            eprintln!("{sentence}");
            return ExitCode::from(1);
        }
    };
    match arguments.command {
        Command::Activate { token } => checked_in(&client, &client.activate(&token).await),
        Command::CheckIn => checked_in(&client, &client.check_in().await),
        Command::Status => status(&client),
        Command::Run => run(&client).await,
        Command::Offline(command) => offline(&client, command),
        Command::Doctor => examine(&client).await,
    }
}

fn offline(client: &Client, command: Offline) -> ExitCode {
    let done = match command {
        Offline::Request { token, out } => {
            let made = client.offline_request(token.as_deref());
            made.map(|string| hand_out(&string, out, "Upload this request in the License Portal, at this server."))
        }
        Offline::Return { out } => {
            let made = client.offline_return();
            made.map(|string| {
                hand_out(&string, out, "Nothing runs here any more. Upload this return in the License Portal.")
            })
        }
        Offline::Install { file } => match read(&file) {
            Ok(text) => client.offline_install(&text).map(|serial| {
                println!("Installed: response {serial}.\n\n{}", client.status());
                ExitCode::SUCCESS
            }),
            Err(error) => {
                eprintln!("{} cannot be read: {error}", file.display());
                return ExitCode::from(2);
            }
        },
    };
    done.unwrap_or_else(|error| checked_in(client, &Err(error)))
}

/// The string alone on the standard output or in a file, and what to do with it beside.
fn hand_out(string: &str, out: Option<PathBuf>, advice: &str) -> ExitCode {
    match out {
        None => print!("{string}"),
        Some(path) => {
            if let Err(error) = std::fs::write(&path, string) {
                eprintln!("{} cannot be written: {error}", path.display());
                return ExitCode::from(5);
            }
        }
    }
    eprintln!("{advice}");
    ExitCode::SUCCESS
}

fn read(file: &std::path::Path) -> std::io::Result<String> {
    if file == std::path::Path::new("-") {
        std::io::read_to_string(std::io::stdin())
    } else {
        std::fs::read_to_string(file)
    }
}

fn client(arguments: &Arguments) -> Result<Client, String> {
    let path = arguments.root_file.display();
    let text = std::fs::read_to_string(&arguments.root_file)
        .map_err(|error| format!("{path} cannot be read ({error}). Name the file of pinned roots with --root-file."))?;
    let roots: Roots = serde_json::from_str(&text)
        .map_err(|error| format!("{path} is not a file of pinned roots ({error}). Get it again from the vendor."))?;
    let mut config = ClientConfig::new(url(arguments), &arguments.state_dir, roots);
    config.http = HttpOptions { ca_file: arguments.ca_file.clone(), ..HttpOptions::default() };
    Client::new(config, Clock::system()).map_err(|error| error.to_string())
}

/// The URL of the command line, else the one stored beside the token.
fn url(arguments: &Arguments) -> String {
    let stored = || Storage::new(arguments.state_dir.clone()).identity().map(|identity| identity.url);
    arguments.url.clone().or_else(stored).unwrap_or_else(|| DEFAULT_URL.to_owned())
}

fn checked_in(client: &Client, outcome: &Result<Outcome, ClientError>) -> ExitCode {
    let code = code(outcome);
    match outcome {
        Ok(outcome) => println!("{}\n\n{}", sentence(client, outcome), client.status()),
        Err(error) => eprintln!("{error}"),
    }
    ExitCode::from(code)
}

fn status(client: &Client) -> ExitCode {
    let status = client.status();
    print!("{status}");
    ExitCode::from(if status.server.is_some() { 0 } else { 4 })
}

async fn run(client: &Client) -> ExitCode {
    let stop = async {
        // Without a signal handler there is nothing to wait for: the process is ended from outside.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    print!("{}", client.status());
    let result = client.run(stop, |outcome| match outcome {
        Ok(outcome) => println!("{}\n\n{}", sentence(client, &outcome), client.status()),
        Err(error) => eprintln!("{error}"),
    });
    match result.await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => checked_in(client, &Err(error)),
    }
}

async fn examine(client: &Client) -> ExitCode {
    let findings = doctor::examine(client).await;
    for finding in &findings {
        println!("{finding}");
    }
    ExitCode::from(if findings.iter().all(|finding| finding.result.is_ok()) { 0 } else { 9 })
}

fn sentence(client: &Client, outcome: &Outcome) -> String {
    let leased = client.state().lease.is_some();
    match outcome {
        Outcome::NewLease { serial } => format!("Checked in: lease {serial}."),
        Outcome::LeaseKept => "Checked in: nothing changed.".to_owned(),
        Outcome::Refused(_) if leased => "The service gives no new lease.".to_owned(),
        Outcome::Refused(_) => "The service gives no lease.".to_owned(),
        Outcome::NoEffect(cause) => {
            let place = match cause {
                Cause::Failed(Failure::Unreachable) => format!(" at {}", client.url()),
                _ => String::new(),
            };
            let runs = if leased { "What runs, runs on." } else { "Nothing runs yet." };
            format!("No check-in: {cause}{place}. {runs}")
        }
    }
}

fn code(outcome: &Result<Outcome, ClientError>) -> u8 {
    match outcome {
        Ok(Outcome::NewLease { .. } | Outcome::LeaseKept) => 0,
        Err(ClientError::Token(_) | ClientError::Install(InstallFault::Response(_))) => 3,
        Err(ClientError::Install(_) | ClientError::NothingToReturn(_)) => 10,
        Err(ClientError::NotActivated) => 4,
        Err(ClientError::Storage(StorageError::Write { .. })) => 5,
        Ok(Outcome::NoEffect(Cause::Failed(Failure::TokenRejected)) | Outcome::Refused(_)) => 7,
        Ok(Outcome::NoEffect(_)) => 6,
        Err(ClientError::Storage(StorageError::Busy(_))) => 8,
    }
}
