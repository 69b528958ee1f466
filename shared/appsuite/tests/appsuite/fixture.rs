//! Keys, documents, and a service on loopback that answers as told.

use std::path::Path;
use std::sync::{Arc, Mutex};

use appsuite::{Client, ClientConfig, Clock, Jitter, Marks, Randomness, State, Trust};
use jiff::{SignedDuration, Timestamp};
use lease::document::{Binding, Claims, NextCheckIn, RefusalReason};
use lease::keyset::PreparedKey;
use lease::request::{CheckInRequest, CheckInResponse};
use lease::segment::{CareLevel, License, Segment, SegmentStatus};
use lease::{KeySet, Lease, MacRing, Refusal, Root, Roots, ServerToken, SigningKey, Unchanged, sign};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

pub const SERVER: &str = "b000121893";
pub const ATTEMPT: &str = "attempt-0000000001";
pub const NOW: Timestamp = Timestamp::constant(1_795_500_000, 0);
pub const JITTER: Jitter = Jitter(32_768);

pub fn token() -> String {
    ServerToken::mint(&MacRing::single(1, [1; 32]), SERVER, 1).to_string()
}

pub fn days(days: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * days)
}

pub fn root(seed: u8) -> Root {
    Root::from_seed(&[seed; 32]).unwrap()
}

pub fn roots() -> Roots {
    Roots { root: root(4).public(), spare: root(5).public() }
}

pub fn trust() -> Trust {
    Trust { roots: roots(), server: SERVER.to_owned(), token_version: 1 }
}

pub fn key(name: u8) -> SigningKey {
    SigningKey::from_seed(&format!("key-{name}"), &[name; 32]).unwrap()
}

/// A key set of these keys, signed by the root of this seed.
pub fn key_set(serial: u64, keys: &[u8], root_seed: u8) -> String {
    let keys = keys.iter().map(|name| PreparedKey {
        kid: key(*name).kid().to_owned(),
        x: key(*name).public(),
        not_before: NOW,
    });
    root(root_seed).sign(&KeySet { serial, issued_at: NOW, keys: keys.collect() })
}

pub fn binding(attempt: &str, now: Timestamp) -> Binding {
    Binding {
        issuer: "https://portal.example.com".to_owned(),
        server: SERVER.to_owned(),
        token_version: 1,
        attempt: attempt.to_owned(),
        issued_at: now,
    }
}

pub fn next_check_in(now: Timestamp) -> NextCheckIn {
    NextCheckIn { earliest: now + SignedDuration::from_hours(23), latest: now + SignedDuration::from_hours(25) }
}

pub fn segment(application: &str, capacity: u32) -> Segment {
    Segment {
        application: application.to_owned(),
        redundancy: false,
        license: License::Subscription,
        unit: "channels".to_owned(),
        capacity,
        from: NOW - days(100),
        until: Some(NOW + days(200)),
        status: SegmentStatus::Active,
        care: Some(CareLevel::Gold),
        start: "2019-08-08".parse().unwrap(),
        term: Some("2020-08-07".parse().unwrap()),
        services: vec![],
    }
}

/// A lease of 30 days with 20 channels.
pub fn lease(attempt: &str, serial: u64, now: Timestamp) -> Lease {
    Lease {
        binding: binding(attempt, now),
        expires_at: now + days(30),
        serial,
        lease_id: format!("lease-{serial}"),
        account: "Imagicle Final Customer 1".to_owned(),
        server_name: "Server 1".to_owned(),
        segments: vec![segment("Advanced Queueing", 20)],
        next_check_in: next_check_in(now),
    }
}

pub fn unchanged(attempt: &str, now: Timestamp) -> Unchanged {
    Unchanged { binding: binding(attempt, now), next_check_in: next_check_in(now) }
}

pub fn refusal(attempt: &str, now: Timestamp, reason: RefusalReason) -> Refusal {
    Refusal { binding: binding(attempt, now), reason }
}

/// An answer signed by the first key, with the first key set.
pub fn answer<T: Claims>(claims: &T) -> CheckInResponse {
    CheckInResponse { document: sign(&key(2), claims), key_set: Some(key_set(1, &[2, 3], 4)) }
}

/// An answer of any type and content, rightly signed.
pub fn signed(typ: &str, claims: &serde_json::Value) -> CheckInResponse {
    // The DER frame that RFC 8410 puts around a seed.
    const FRAME: [u8; 16] = [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];
    let der: Vec<u8> = FRAME.into_iter().chain([2; 32]).collect();
    let mut header = jsonwebtoken::Header::new(jsonwebtoken::Algorithm::EdDSA);
    (header.typ, header.kid) = (Some(typ.to_owned()), Some(key(2).kid().to_owned()));
    let document = jsonwebtoken::encode(&header, claims, &jsonwebtoken::EncodingKey::from_ed_der(&der)).unwrap();
    CheckInResponse { document, key_set: None }
}

/// The capacity that runs at an instant.
pub fn capacity(state: &State, at: Timestamp) -> u32 {
    state.running_at(at).iter().map(|segment| segment.capacity).sum()
}

/// What a fake service answers: status, header lines, body.
pub type Answer = (u16, &'static str, String);

pub fn ok(response: &CheckInResponse) -> Answer {
    (200, "", serde_json::to_string(response).unwrap())
}

/// A service on loopback; it keeps what it was sent.
pub struct FakeService {
    pub url: String,
    received: Arc<Mutex<Vec<(String, CheckInRequest)>>>,
}

impl FakeService {
    pub async fn start(answer: impl Fn(&CheckInRequest) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let received = Arc::new(Mutex::new(Vec::new()));
        let (log, answer) = (Arc::clone(&received), Arc::new(answer));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                serve(stream, &log, &*answer, "date: Tue, 24 Nov 2026 08:00:00 GMT\r\n").await;
            }
        });
        Self { url, received }
    }

    /// The same behind TLS; it tells no time, so that the machine's clock is right.
    pub async fn start_tls(
        tls: TlsAcceptor,
        answer: impl Fn(&CheckInRequest) -> Answer + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("https://localhost:{}", listener.local_addr().unwrap().port());
        let received = Arc::new(Mutex::new(Vec::new()));
        let (log, answer) = (Arc::clone(&received), Arc::new(answer));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                // A client that does not trust the certificate hangs up.
                if let Ok(stream) = tls.accept(stream).await {
                    serve(stream, &log, &*answer, "").await;
                }
            }
        });
        Self { url, received }
    }

    pub fn received(&self) -> Vec<(String, CheckInRequest)> {
        self.received.lock().unwrap().clone()
    }
}

/// One request per connection.
async fn serve(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    log: &Mutex<Vec<(String, CheckInRequest)>>,
    answer: &(dyn Fn(&CheckInRequest) -> Answer + Send + Sync),
    date: &'static str,
) {
    let Some((head, body)) = read(&mut stream).await else { return };
    let (status, headers, body) = if head.starts_with("POST /v1/check-in ") {
        let bearer = head.lines().find_map(|line| line.strip_prefix("authorization: Bearer ")).unwrap();
        let request: CheckInRequest = serde_json::from_slice(&body).unwrap();
        assert_eq!(request.validate(), []);
        let reply = answer(&request);
        log.lock().unwrap().push((bearer.to_owned(), request));
        reply
    } else {
        (200, date, r#"{"message":"successfully connected!"}"#.to_owned())
    };
    let length = body.len();
    let text = format!("HTTP/1.1 {status} x\r\n{headers}connection: close\r\ncontent-length: {length}\r\n\r\n{body}");
    // A client that has read enough hangs up.
    let _ = stream.write_all(text.as_bytes()).await;
    let _ = stream.shutdown().await;
}

async fn read(stream: &mut (impl AsyncRead + Unpin)) -> Option<(String, Vec<u8>)> {
    let mut bytes = Vec::new();
    loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            let length: usize = length.map_or(0, |length| length.parse().unwrap());
            if bytes.len() >= end + 4 + length {
                return Some((head, bytes[end + 4..].to_vec()));
            }
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
}

/// A client with a clock that stands and the same randomness in every run.
pub fn client(url: &str, folder: &Path, clock: &Clock) -> Client {
    let mut config = ClientConfig::new(url, folder, roots());
    config.marks = Marks::Fixed(vec![("host", "pbx".to_owned())]);
    config.randomness = Randomness::seeded(1);
    Client::new(config, clock.clone()).unwrap()
}
