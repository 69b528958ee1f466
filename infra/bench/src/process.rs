//! A function in a process of its own, started as Lambda starts it.

use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::process::{Child, Command};
use tokio::sync::oneshot;

use crate::Outcome;
use crate::runtime_api::{RuntimeApi, Said};
use crate::thread;

/// How long a function may take for anything.
const PATIENCE: Duration = Duration::from_secs(20);

/// What something took.
#[derive(Clone, Copy)]
pub struct Took {
    pub cpu: Duration,
    pub wall: Duration,
}

/// A running function that waits for its next event.
pub struct FunctionProcess {
    child: Child,
    id: String,
    api: RuntimeApi,
    hand: oneshot::Sender<String>,
}

impl FunctionProcess {
    /// Starts a function's binary and waits until it asks for its first event: then its init has ended.
    pub async fn start(binary: &Path, environment: &[(&str, String)]) -> Outcome<(Self, Took)> {
        let mut api = RuntimeApi::start().await?;
        let mut command = Command::new(binary);
        // What the machine would tell a process is not what Lambda tells it.
        command.env_clear().envs(environment.iter().map(|(name, value)| (*name, value.as_str())));
        // Amazon Linux has the authorities in one file; a folder of the same, as Debian has it, would be read as well.
        let no_authorities = tempfile::tempdir()?;
        command.env("SSL_CERT_DIR", no_authorities.path());
        command.env("AWS_LAMBDA_RUNTIME_API", api.address());
        command.env("AWS_LAMBDA_FUNCTION_NAME", "bench").env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST");
        command.env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128").env("METRICS_NAMESPACE", "CloudLicensing/bench");
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::inherit()).kill_on_drop(true);
        let begin = Instant::now();
        let mut child = command.spawn()?;
        let id = child.id().map(|id| id.to_string()).unwrap_or_default();
        let (at, hand) = tokio::select! {
            asked = asked(&mut api) => asked?,
            ended = child.wait() => return Err(format!("{} ended: {}", binary.display(), ended?).into()),
        };
        let took = Took { cpu: thread::idle_cpu(&id).await, wall: at.duration_since(begin) };
        Ok((Self { child, id, api, hand }, took))
    }

    /// Hands the function an event. Wall time is that to its answer, CPU that until it sleeps again.
    pub async fn invoke(mut self, event: &Value) -> Outcome<(Self, Value, Took)> {
        let before = thread::idle_cpu(&self.id).await;
        let begin = Instant::now();
        drop(self.hand.send(event.to_string()));
        let (answered, answer) = match tokio::time::timeout(PATIENCE, self.api.hear()).await?? {
            Said::Answered(at, answer) => (at, answer),
            Said::Asks(..) | Said::Failed(_) => return Err("the function did not answer".into()),
        };
        (_, self.hand) = asked(&mut self.api).await?;
        let cpu = thread::idle_cpu(&self.id).await.saturating_sub(before);
        Ok((self, answer, Took { cpu, wall: answered.duration_since(begin) }))
    }

    /// Ends it, and says the most memory that it has had, in kilobytes.
    pub async fn stop(mut self) -> Outcome<u64> {
        let peak = thread::peak_memory_kb(&self.id);
        self.child.kill().await?;
        Ok(peak)
    }
}

async fn asked(api: &mut RuntimeApi) -> Outcome<(Instant, oneshot::Sender<String>)> {
    match tokio::time::timeout(PATIENCE, api.hear()).await?? {
        Said::Asks(at, hand) => Ok((at, hand)),
        Said::Answered(..) | Said::Failed(_) => Err("the function answered what nobody asked".into()),
    }
}
