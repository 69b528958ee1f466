//! The client with its files against a service on loopback.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use appsuite::{Cause, ClientError, Clock, Failure, Outcome, StorageError, Warning, doctor};
use jiff::SignedDuration;
use lease::document::RefusalReason;
use lease::{MacRing, ServerToken, TokenFault};

use crate::fixture::{
    Answer, FakeService, NOW, SERVER, answer, capacity, client, days, lease, ok, refusal, token, unchanged,
};

fn state_file(folder: &Path) -> serde_json::Value {
    serde_json::from_slice(&fs::read(folder.join("state.json")).unwrap()).unwrap()
}

/// A service that gives each request a lease of the next serial.
async fn leasing() -> FakeService {
    let serial = AtomicU64::new(7);
    FakeService::start(move |request| {
        ok(&answer(&lease(&request.attempt, serial.fetch_add(1, Ordering::Relaxed), NOW)))
    })
    .await
}

#[tokio::test]
async fn a_pasted_token_activates_and_status_needs_no_network() {
    let folder = tempfile::tempdir().unwrap();
    let (service, clock) = (leasing().await, Clock::manual(NOW));
    let pasted = format!("  {}\r\n{}\n", &token()[..20], token()[20..].to_uppercase());
    let outcome = client(&service.url, folder.path(), &clock).activate(&pasted).await.unwrap();
    assert_eq!(outcome, Outcome::NewLease { serial: 7 });
    let received = service.received();
    assert_eq!(received[0].0, token());
    assert_eq!((received[0].1.lease.as_deref(), received[0].1.key_set, received[0].1.traits.len()), (None, 0, 1));

    let offline = client("http://127.0.0.1:1", folder.path(), &clock);
    assert_eq!(offline.status().server.as_deref(), Some(SERVER));
    assert_eq!(offline.status().rows[0].capacity, 20);
    assert_eq!(offline.status().warnings, []);
}

#[tokio::test]
async fn a_token_with_one_wrong_character_is_told_and_nothing_is_sent_or_stored() {
    let folder = tempfile::tempdir().unwrap();
    let service = leasing().await;
    let mut wrong = token();
    let last = wrong.pop();
    wrong.push(if last == Some('0') { '1' } else { '0' });
    let error = client(&service.url, folder.path(), &Clock::manual(NOW)).activate(&wrong).await.unwrap_err();
    assert!(matches!(error, ClientError::Token(TokenFault::Check)), "{error:?}");
    assert_eq!(service.received(), []);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn each_check_in_names_the_lease_before() {
    let folder = tempfile::tempdir().unwrap();
    let service = leasing().await;
    let client = client(&service.url, folder.path(), &Clock::manual(NOW));
    client.activate(&token()).await.unwrap();
    client.check_in().await.unwrap();
    let received = service.received();
    assert_eq!((received[1].1.lease.as_deref(), received[1].1.key_set), (Some("lease-7"), 1));
    assert_ne!(received[0].1.attempt, received[1].1.attempt);
    assert_eq!(received[0].1.public_key, received[1].1.public_key);
}

#[tokio::test]
async fn a_lost_answer_is_asked_for_again_under_the_same_attempt() {
    let folder = tempfile::tempdir().unwrap();
    let lost = AtomicBool::new(true);
    let service = FakeService::start(move |request| {
        let first = lost.swap(false, Ordering::Relaxed);
        if first { (504, "", String::new()) } else { ok(&answer(&lease(&request.attempt, 7, NOW))) }
    })
    .await;
    let client = client(&service.url, folder.path(), &Clock::manual(NOW));
    let outcome = client.activate(&token()).await.unwrap();
    assert_eq!(outcome, Outcome::NoEffect(Failure::Status(504).into()));
    assert_eq!(client.check_in().await.unwrap(), Outcome::NewLease { serial: 7 });
    let received = service.received();
    assert_eq!(received[0].1.attempt, received[1].1.attempt);
}

#[tokio::test]
async fn what_cannot_be_stored_is_not_sent() {
    let folder = tempfile::tempdir().unwrap();
    let service = leasing().await;
    let client = client(&service.url, folder.path(), &Clock::manual(NOW));
    client.activate(&token()).await.unwrap();
    // A folder in the place of the file that is written beside: no user may write that, not even root.
    fs::create_dir(folder.path().join("state.new")).unwrap();
    let error = client.check_in().await.unwrap_err();
    assert!(matches!(error, ClientError::Storage(StorageError::Write { .. })), "{error:?}");
    assert_eq!(service.received().len(), 1);
    assert_eq!(client.status().rows[0].capacity, 20, "what ran, runs on");
}

#[tokio::test]
async fn an_answer_that_cannot_be_stored_is_asked_for_again() {
    let folder = tempfile::tempdir().unwrap();
    let (path, full) = (folder.path().to_owned(), Arc::new(AtomicBool::new(false)));
    let disk = Arc::clone(&full);
    let service = FakeService::start(move |request| {
        if disk.load(Ordering::Relaxed) {
            fs::create_dir(path.join("state.new")).unwrap();
        }
        ok(&answer(&lease(&request.attempt, 7, NOW)))
    })
    .await;
    let client = client(&service.url, folder.path(), &Clock::manual(NOW));
    full.store(true, Ordering::Relaxed);
    assert!(matches!(client.activate(&token()).await, Err(ClientError::Storage(_))));
    assert_eq!(client.state().lease, None);
    full.store(false, Ordering::Relaxed);
    fs::remove_dir(folder.path().join("state.new")).unwrap();
    assert_eq!(client.check_in().await.unwrap(), Outcome::NewLease { serial: 7 });
    let received = service.received();
    assert_eq!(received[0].1.attempt, received[1].1.attempt);
}

#[tokio::test]
async fn a_corrupt_or_missing_file_means_check_in_again() {
    let folder = tempfile::tempdir().unwrap();
    let service = leasing().await;
    let client = client(&service.url, folder.path(), &Clock::manual(NOW));
    client.activate(&token()).await.unwrap();

    fs::write(folder.path().join("state.json"), "{ torn").unwrap();
    assert_eq!(client.status().warnings, [Warning::StateDamaged]);
    assert_eq!(client.check_in().await.unwrap(), Outcome::NewLease { serial: 8 });
    assert_eq!(service.received()[1].1.lease, None);

    fs::remove_file(folder.path().join("state.json")).unwrap();
    assert_eq!(client.status().warnings, []);
    assert_eq!(client.check_in().await.unwrap(), Outcome::NewLease { serial: 9 });
    assert_eq!(client.status().rows[0].capacity, 20);
}

#[tokio::test]
async fn an_edited_file_gives_nobody_a_licence() {
    let folder = tempfile::tempdir().unwrap();
    let service = leasing().await;
    let client = client(&service.url, folder.path(), &Clock::manual(NOW));
    client.activate(&token()).await.unwrap();
    let mut file = state_file(folder.path());
    let document = file["lease"]["document"].as_str().unwrap().to_owned();
    let at = document.find('.').unwrap() + 40;
    let swapped = if &document[at..=at] == "A" { "B" } else { "A" };
    file["lease"]["document"] = format!("{}{swapped}{}", &document[..at], &document[at + 1..]).into();
    fs::write(folder.path().join("state.json"), file.to_string()).unwrap();
    assert_eq!(client.status().warnings, [Warning::StateDamaged]);
    assert_eq!(client.state().lease, None);
    assert!(client.state().key_set.is_some(), "what is authentic stays");
}

#[tokio::test]
async fn a_replayed_older_answer_has_no_effect() {
    let folder = tempfile::tempdir().unwrap();
    let recorded: Arc<std::sync::OnceLock<Answer>> = Arc::default();
    let service = FakeService::start(move |request| {
        recorded.get_or_init(|| ok(&answer(&lease(&request.attempt, 7, NOW)))).clone()
    })
    .await;
    let client = client(&service.url, folder.path(), &Clock::manual(NOW));
    client.activate(&token()).await.unwrap();
    let outcome = client.check_in().await.unwrap();
    assert_eq!(outcome, Outcome::NoEffect(Cause::Document(lease::DocumentFault::Nonce)));
    assert_eq!(capacity(&client.state(), NOW), 20);
}

#[tokio::test]
async fn the_file_of_another_server_is_not_used() {
    let folder = tempfile::tempdir().unwrap();
    let service = leasing().await;
    let client = client(&service.url, folder.path(), &Clock::manual(NOW));
    client.activate(&token()).await.unwrap();
    let other = ServerToken::mint(&MacRing::single(1, [1; 32]), "b000121894", 1);
    let outcome = client.activate(other.as_str()).await.unwrap();
    assert_eq!(outcome, Outcome::NoEffect(Cause::Document(lease::DocumentFault::Audience)));
    assert_eq!(service.received()[1].1.lease, None);
    assert_eq!(client.status().rows, []);
}

#[tokio::test]
async fn a_new_token_of_the_same_server_keeps_lease_and_key() {
    let folder = tempfile::tempdir().unwrap();
    let service = leasing().await;
    let client = client(&service.url, folder.path(), &Clock::manual(NOW));
    client.activate(&token()).await.unwrap();
    let next = ServerToken::mint(&MacRing::single(1, [1; 32]), SERVER, 2);
    client.activate(next.as_str()).await.unwrap();
    let received = service.received();
    assert_eq!(received[1].1.lease.as_deref(), Some("lease-7"));
    assert_eq!(received[0].1.public_key, received[1].1.public_key);
}

#[tokio::test]
async fn disabled_and_enabled_again() {
    let folder = tempfile::tempdir().unwrap();
    let turn = AtomicU64::new(0);
    let service = FakeService::start(move |request| match turn.fetch_add(1, Ordering::Relaxed) {
        0 => ok(&answer(&lease(&request.attempt, 7, NOW))),
        1 => {
            let reason = RefusalReason::ServerDisabled { effective_at: NOW + days(1) };
            ok(&answer(&refusal(&request.attempt, NOW, reason)))
        }
        _ => ok(&answer(&unchanged(&request.attempt, NOW + days(2)))),
    })
    .await;
    let clock = Clock::manual(NOW);
    let client = client(&service.url, folder.path(), &clock);
    client.activate(&token()).await.unwrap();
    client.check_in().await.unwrap();
    assert_eq!(client.status().rows[0].capacity, 20);
    clock.set(NOW + days(2));
    assert_eq!(client.status().rows[0].capacity, 0, "stored, so it holds after a restart and without network");
    assert!(matches!(client.status().warnings[0], Warning::Disabled { in_effect: true, .. }));
    client.check_in().await.unwrap();
    assert_eq!((client.status().rows[0].capacity, client.status().warnings), (20, vec![]));
}

#[tokio::test]
async fn proxies_outages_and_rejections_stop_nothing() {
    for (reply, failure) in [
        ((401, "", "{}".to_owned()), Failure::TokenRejected),
        ((403, "", "blocked".to_owned()), Failure::Status(403)),
        ((302, "location: http://127.0.0.1:1/\r\n", String::new()), Failure::Status(302)),
        ((503, "retry-after: 7200\r\n", String::new()), Failure::Status(503)),
        ((200, "", "<html>Please log in</html>".to_owned()), Failure::NotAnAnswer),
        ((200, "", format!(r#"{{"document":"{}"}}"#, "x".repeat(600_000))), Failure::NotAnAnswer),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let activated = leasing().await;
        let clock = Clock::manual(NOW);
        client(&activated.url, folder.path(), &clock).activate(&token()).await.unwrap();
        let service = FakeService::start(move |_| reply.clone()).await;
        let client = client(&service.url, folder.path(), &clock);
        assert_eq!(client.check_in().await.unwrap(), Outcome::NoEffect(failure.into()));
        assert_eq!(client.status().rows[0].capacity, 20);
        assert_eq!(client.status().warnings, [Warning::NoAnswer { failure, leased: true }]);
        let wait = client.state().next_check_in.unwrap().duration_since(NOW);
        assert_eq!(wait >= SignedDuration::from_hours(2), failure == Failure::Status(503), "{failure:?} {wait}");
    }
    let folder = tempfile::tempdir().unwrap();
    let offline = client("http://127.0.0.1:1", folder.path(), &Clock::manual(NOW));
    assert_eq!(offline.activate(&token()).await.unwrap(), Outcome::NoEffect(Failure::Unreachable.into()));
}

#[tokio::test]
async fn nothing_is_sent_before_an_activation_or_beside_another_process() {
    let folder = tempfile::tempdir().unwrap();
    let service = leasing().await;
    let client = client(&service.url, folder.path(), &Clock::manual(NOW));
    assert!(matches!(client.check_in().await, Err(ClientError::NotActivated)));
    assert!(matches!(client.run(async {}, |_| ()).await, Err(ClientError::NotActivated)));
    assert_eq!(client.status().warnings, [Warning::NotActivated]);
    let lock = client.storage().lock().unwrap();
    assert!(matches!(client.activate(&token()).await, Err(ClientError::Storage(StorageError::Busy(_)))));
    drop(lock);
    assert_eq!(service.received(), []);
    assert!(client.activate(&token()).await.is_ok());
}

#[cfg(unix)]
#[tokio::test]
async fn only_the_own_user_can_read_the_files() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let service = leasing().await;
    client(&service.url, folder.path(), &Clock::manual(NOW)).activate(&token()).await.unwrap();
    for name in ["identity.json", "state.json"] {
        let mode = fs::metadata(folder.path().join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

#[tokio::test]
async fn it_stays_current_until_it_is_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let (service, clock) = (leasing().await, Clock::manual(NOW));
    let client = client(&service.url, folder.path(), &clock);
    client.activate(&token()).await.unwrap();
    fs::remove_file(folder.path().join("state.json")).unwrap();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let mut stop = Some(stop);
    let mut outcomes = Vec::new();
    // Dropping the sender is the signal.
    let stopped = async { drop(stopped.await) };
    let told = |outcome| {
        outcomes.push(outcome);
        drop(stop.take());
    };
    client.run(stopped, told).await.unwrap();
    assert!(matches!(outcomes[..], [Ok(Outcome::NewLease { serial: 8 })]), "{outcomes:?}");
}

#[tokio::test]
async fn the_doctor_says_ok_or_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let (service, clock) = (leasing().await, Clock::manual("2026-11-24T08:01:00Z".parse().unwrap()));
    let healthy = client(&service.url, folder.path(), &clock);
    healthy.activate(&token()).await.unwrap();
    let findings = doctor::examine(&healthy).await;
    assert!(findings.iter().all(|finding| finding.result.is_ok()), "{findings:?}");
    let steps: Vec<_> = findings.iter().map(|finding| finding.step).collect();
    assert_eq!(steps, ["dns", "tcp", "tls", "clock", "file", "keys"]);

    clock.set(NOW - days(1_000));
    let findings = doctor::examine(&healthy).await;
    assert!(findings[3].result.as_ref().unwrap_err().contains("set it"), "{findings:?}");
    let cut_off = client("http://127.0.0.1:1", &folder.path().join("new"), &clock);
    let findings = doctor::examine(&cut_off).await;
    let wrong: Vec<_> = findings.iter().filter(|finding| finding.result.is_err()).map(|finding| finding.step).collect();
    assert_eq!(wrong, ["tcp", "tls", "clock", "keys"]);
}
