//! A local AWS on a free port of loopback, which checks what roles allow.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::process::Command;

use crate::environment::Environment;
use crate::failure::Failure;
use crate::service::Service;
use crate::venv::{Set, Venv};

const SET: Set = Set {
    name: "ministack",
    about: "a local AWS with its SDK and pytest",
    // Apart from SAM, which needs another release of the same SDK.
    requirements: include_str!("../requirements/ministack.txt"),
};
/// Where everything is; the same as for SAM's other commands.
const REGION: &str = "eu-south-1";
/// What it says once it serves.
const READY: &str = "Running on http://";

/// The file of certificates that it trusts; at first there is none.
pub const TRUSTED: &str = "trusted.pem";

/// The installed set.
pub struct Installed<'a>(Venv<'a>);

/// Installs it, unless that was done before.
pub fn installed(environment: &Environment) -> Result<Installed<'_>, Failure> {
    Venv::installed(environment, &SET).map(Installed)
}

/// A running local AWS; dropping it stops it and every function in it.
pub struct Emulator {
    service: Service,
    endpoint: String,
}

impl Installed<'_> {
    /// One of the set's programs.
    pub fn command(&self, program: &str) -> Command {
        self.0.command(program)
    }

    /// Starts an empty account that keeps everything below a folder.
    pub fn start(&self, folder: &Path) -> Result<Emulator, Failure> {
        let port = free_port()?;
        let endpoint = format!("http://{}:{port}", Ipv4Addr::LOCALHOST);
        let mut command = told(self.command("ministack"), &endpoint);
        command.env("AUTH", "true").env("GATEWAY_PORT", port.to_string()).env("BIND_HOST", "127.0.0.1");
        command.env("MINISTACK_REGION", REGION).env("TMPDIR", folder).env("S3_DATA_DIR", folder.join("s3"));
        command.env("STATE_DIR", folder.join("state"));
        // Whom it trusts besides: a provider that a test starts writes its certificate there.
        command.env("SSL_CERT_FILE", folder.join(TRUSTED));
        // These would listen on ports of their own, where a second run finds them taken.
        command.env("IOT_MTLS_ENABLED", "0").env("SFTP_ENABLED", "0");
        let mut service = Service::start("the local AWS", &mut command, folder.join("emulator.log"))?;
        service.until(|log| log.contains(READY).then_some(()))?;
        Ok(Emulator { service, endpoint })
    }
}

impl Emulator {
    /// Lets a command know where the account is and who administers it.
    pub fn told(&self, command: Command) -> Command {
        told(command, &self.endpoint)
    }

    /// Prints the end of its log, and of what the functions said in it.
    pub fn print_tail(&self) {
        self.service.print_tail();
    }
}

fn told(mut command: Command, endpoint: &str) -> Command {
    command.env("AWS_ENDPOINT_URL", endpoint).env("AWS_DEFAULT_REGION", REGION).env_remove("AWS_PROFILE");
    command.env("AWS_ACCESS_KEY_ID", "test").env("AWS_SECRET_ACCESS_KEY", "test").env_remove("AWS_SESSION_TOKEN");
    // Nothing here is sent anywhere but to loopback, whatever proxy the machine has.
    command.env("NO_PROXY", "*").env("no_proxy", "*");
    command
}

/// A port that nobody listens on. Who takes it before the emulator does makes its start fail, and nothing else.
fn free_port() -> Result<u16, Failure> {
    let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)));
    let port = listener.and_then(|listener| listener.local_addr()).map(|address| address.port());
    port.map_err(|fault| Failure::Input(format!("loopback has no free port: {fault}")))
}
