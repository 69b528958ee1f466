//! The command behind a proxy and a private certificate authority, as customers have them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::sync::{Arc, Mutex};

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::Command;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

use crate::fixture::{FakeService, NOW, answer, lease, ok, roots, token};

/// Reached only through the proxy: the name stands in no DNS.
const BEHIND_THE_PROXY: &str = "https://licensing.invalid";

/// A private authority, and a service on loopback with a certificate of it.
struct Network {
    folder: tempfile::TempDir,
    service: FakeService,
}

impl Network {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("roots.json"), serde_json::to_string(&roots()).unwrap()).unwrap();
        let tls = private_tls(&folder.path().join("ca.pem"));
        let service = FakeService::start_tls(tls, |request| ok(&answer(&lease(&request.attempt, 7, NOW)))).await;
        Self { folder, service }
    }

    fn ca_file(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// The command with this environment and no other proxy.
    async fn appsuite(&self, arguments: &[&str], ca_file: Option<&Path>, environment: &[(&str, &str)]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_appsuite"));
        for name in ["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY"] {
            command.env_remove(name).env_remove(name.to_lowercase());
        }
        command.args(arguments).envs(environment.iter().copied());
        command.arg("--root-file").arg(self.folder.path().join("roots.json"));
        command.arg("--state-dir").arg(self.folder.path().join("state"));
        if let Some(path) = ca_file {
            command.arg("--ca-file").arg(path);
        }
        command.output().await.unwrap()
    }
}

/// Writes the authority's certificate to a file and gives what a server of it needs.
fn private_tls(ca_file: &Path) -> TlsAcceptor {
    let mut authority = CertificateParams::new(Vec::new()).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority_key = KeyPair::generate().unwrap();
    fs::write(ca_file, authority.self_signed(&authority_key).unwrap().pem()).unwrap();
    let issuer = Issuer::new(authority, authority_key);

    let key = KeyPair::generate().unwrap();
    let names = vec!["localhost".to_owned(), "licensing.invalid".to_owned()];
    let certificate = CertificateParams::new(names).unwrap().signed_by(&key, &issuer).unwrap();
    let private_key = PrivateKeyDer::Pkcs8(key.serialize_der().into());
    let config = ServerConfig::builder().with_no_client_auth();
    TlsAcceptor::from(Arc::new(config.with_single_cert(vec![certificate.der().clone()], private_key).unwrap()))
}

/// A proxy that connects everybody to one place, whatever name was asked for; or to nothing.
struct Proxy {
    url: String,
    heads: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    async fn start(to: Option<&FakeService>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let heads = Arc::new(Mutex::new(Vec::new()));
        let (log, port) = (Arc::clone(&heads), to.map(|service| service.url.rsplit_once(':').unwrap().1.to_owned()));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(tunnel(stream, Arc::clone(&log), port.clone()));
            }
        });
        Self { url, heads }
    }

    fn asked_for(&self) -> Vec<String> {
        self.heads.lock().unwrap().iter().map(|head| head.lines().next().unwrap_or_default().to_owned()).collect()
    }
}

async fn tunnel(mut client: TcpStream, log: Arc<Mutex<Vec<String>>>, port: Option<String>) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let Ok(byte) = client.read_u8().await else { return };
        head.push(byte);
    }
    log.lock().unwrap().push(String::from_utf8_lossy(&head).into_owned());
    let Some(port) = port else {
        let _ = client.write_all(b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n").await;
        return;
    };
    let mut service = TcpStream::connect(format!("127.0.0.1:{port}")).await.unwrap();
    client.write_all(b"HTTP/1.1 200 Connected\r\n\r\n").await.unwrap();
    let _ = tokio::io::copy_bidirectional(&mut client, &mut service).await;
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&[output.stdout.clone(), output.stderr.clone()].concat()).into_owned()
}

#[tokio::test]
async fn a_private_authority_is_trusted_where_its_file_is_named_and_nowhere_else() {
    let network = Network::new().await;
    let url = ["--url", network.service.url.as_str()];
    let token = token();
    let activate = [&["activate", "--token", token.as_str()][..], &url].concat();
    let distrusted = network.appsuite(&activate, None, &[]).await;
    assert_eq!(distrusted.status.code(), Some(6), "{}", text(&distrusted));
    assert_eq!(network.service.received(), [], "nothing is sent to whom nobody vouches for");
    let trusted = network.appsuite(&activate, Some(&network.ca_file()), &[]).await;
    assert_eq!(trusted.status.code(), Some(0), "{}", text(&trusted));
    assert_eq!(network.service.received().len(), 1);
}

#[tokio::test]
async fn a_proxy_of_the_environment_is_used_and_sees_neither_token_nor_answer() {
    let network = Network::new().await;
    let proxy = Proxy::start(Some(&network.service)).await;
    let environment = [("HTTPS_PROXY", proxy.url.as_str())];
    let ca_file = network.ca_file();
    let activate = ["activate", "--token", &token(), "--url", BEHIND_THE_PROXY];
    let activated = network.appsuite(&activate, Some(&ca_file), &environment).await;
    assert_eq!(activated.status.code(), Some(0), "{}", text(&activated));
    assert_eq!(proxy.asked_for(), ["CONNECT licensing.invalid:443 HTTP/1.1"]);
    assert!(!proxy.heads.lock().unwrap()[0].contains(&token()[..10]));
    assert_eq!(network.service.received()[0].0, token());

    let examined = network.appsuite(&["doctor", "--url", BEHIND_THE_PROXY], Some(&ca_file), &environment).await;
    assert_eq!(examined.status.code(), Some(0), "{}", text(&examined));
    let address = proxy.url.trim_start_matches("http://");
    assert!(text(&examined).contains(&format!("proxy  ok  {address} of the environment")), "{}", text(&examined));
}

#[tokio::test]
async fn doctor_names_the_proxy_that_inspects_tls_and_the_one_that_lets_nobody_through() {
    let network = Network::new().await;
    let inspecting = Proxy::start(Some(&network.service)).await;
    let doctor = ["doctor", "--url", BEHIND_THE_PROXY];
    let examined = network.appsuite(&doctor, None, &[("HTTPS_PROXY", &inspecting.url)]).await;
    assert_eq!(examined.status.code(), Some(9), "{}", text(&examined));
    assert!(text(&examined).contains("--ca-file"), "{}", text(&examined));

    let ca_file = network.ca_file();
    let refusing = Proxy::start(None).await;
    for url in [refusing.url.as_str(), "http://127.0.0.1:1"] {
        let examined = network.appsuite(&doctor, Some(&ca_file), &[("https_proxy", url)]).await;
        assert_eq!(examined.status.code(), Some(9), "{}", text(&examined));
        let advice = format!("the proxy {} does not let", url.trim_start_matches("http://"));
        assert!(text(&examined).contains(&advice), "{}", text(&examined));
    }
}

#[tokio::test]
async fn what_needs_no_proxy_goes_without_one_and_doctor_says_so() {
    let network = Network::new().await;
    let nowhere = [("HTTPS_PROXY", "http://127.0.0.1:1")];
    let ca_file = network.ca_file();
    let here = ["doctor", "--url", network.service.url.as_str()];
    let examined = network.appsuite(&here, Some(&ca_file), &nowhere).await;
    let said = text(&examined);
    assert!(!said.contains("proxy") && said.contains("tls    ok"), "a service on this machine: {said}");

    let excepted = [nowhere[0], ("NO_PROXY", "licensing.invalid")];
    let examined = network.appsuite(&["doctor", "--url", BEHIND_THE_PROXY], Some(&ca_file), &excepted).await;
    let said = text(&examined);
    assert!(said.contains("dns    --  licensing.invalid is not found"), "{said}");
}
