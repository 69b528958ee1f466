//! Servers on loopback ports that stop when told to.

use std::future::Future;
use std::io;
use std::net::Ipv4Addr;
use std::time::Duration;

use axum::Router;
use dynoxide::Database;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::StartError;

/// How long a stopping server waits for requests that are under way.
const STOP_MAX: Duration = Duration::from_secs(5);

/// A running server.
pub(crate) struct Endpoint {
    url: String,
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Endpoint {
    /// Serves HTTP routes.
    pub(crate) fn serve(listener: TcpListener, router: Router) -> io::Result<Self> {
        Self::start(listener, |listener, stopped| async move {
            if let Err(error) = axum::serve(listener, router).with_graceful_shutdown(stopped).await {
                tracing::error!(%error, "a local endpoint stopped");
            }
        })
    }

    /// Serves DynamoDB's API from an embedded database.
    pub(crate) fn serve_database(listener: TcpListener, database: Database) -> io::Result<Self> {
        Self::start(listener, |listener, stopped| async move {
            if let Err(error) = dynoxide::server::serve_with_shutdown(listener, database, stopped).await {
                tracing::error!(error, "the embedded database stopped");
            }
        })
    }

    fn start<F>(listener: TcpListener, serve: impl FnOnce(TcpListener, Stopped) -> F) -> io::Result<Self>
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let url = format!("http://{}", listener.local_addr()?);
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(serve(listener, Box::pin(async move { drop(stopped.await) })));
        Ok(Self { url, stop, task })
    }

    /// Where it listens, such as `http://127.0.0.1:40123`.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Stops taking requests and waits for those under way, a few seconds at most.
    pub(crate) async fn stop(self) {
        drop(self.stop);
        if tokio::time::timeout(STOP_MAX, self.task).await.is_err() {
            tracing::warn!("a local endpoint still had requests under way");
        }
    }
}

type Stopped = std::pin::Pin<Box<dyn Future<Output = ()> + Send>>;

/// Listens on a port of the loopback address; port 0 is any free one.
pub(crate) async fn listen(port: u16) -> Result<TcpListener, StartError> {
    match TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await {
        Err(error) if error.kind() == io::ErrorKind::AddrInUse => Err(StartError::PortTaken(port)),
        other => other.map_err(|source| StartError::Listen { port, source }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_taken_port_is_told_in_one_sentence() {
        let first = listen(0).await.unwrap();
        let port = first.local_addr().unwrap().port();
        let refusal = listen(port).await.unwrap_err();
        assert!(matches!(refusal, StartError::PortTaken(taken) if taken == port));
        assert!(refusal.to_string().contains(&format!("Port {port} is taken")));
    }

    #[tokio::test]
    async fn endpoints_listen_on_loopback_only() {
        assert!(listen(0).await.unwrap().local_addr().unwrap().ip().is_loopback());
    }
}
