//! The command: what it prints and with which exit code it ends.

use std::fs;
use std::path::Path;
use std::process::Output;

use tokio::process::Command;

use crate::fixture::{Answer, FakeService, NOW, answer, lease, ok, refusal, roots, token};

async fn appsuite(url: &str, folder: &Path, arguments: &[&str]) -> Output {
    appsuite_as_set_up(folder, &[arguments, &["--url", url]].concat()).await
}

/// Without `--url`.
async fn appsuite_as_set_up(folder: &Path, arguments: &[&str]) -> Output {
    let root_file = folder.join("roots.json");
    fs::write(&root_file, serde_json::to_string(&roots()).unwrap()).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_appsuite"));
    command.args(arguments).env_remove("APPSUITE_URL").arg("--root-file").arg(root_file);
    command.arg("--state-dir").arg(folder.join("state")).output().await.unwrap()
}

async fn code_of(reply: Option<Answer>, arguments: &[&str]) -> (i32, String) {
    let folder = tempfile::tempdir().unwrap();
    let service = FakeService::start(move |request| {
        reply.clone().unwrap_or_else(|| ok(&answer(&lease(&request.attempt, 7, NOW))))
    })
    .await;
    let output = appsuite(&service.url, folder.path(), arguments).await;
    let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    (output.status.code().unwrap(), text)
}

#[tokio::test]
async fn activating_prints_the_table() {
    let (code, text) = code_of(None, &["activate", "--token", &token()]).await;
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("Checked in: lease 7.") && text.contains("APP. NAME"), "{text}");
    assert!(!text.contains(&token()[11..]), "the token is never printed");
}

#[tokio::test]
async fn exit_codes_are_as_documented() {
    let right = token();
    let activate = ["activate", "--token", right.as_str()];
    assert_eq!(code_of(None, &["activate"]).await.0, 2);
    assert_eq!(code_of(None, &["activate", "--token", &right[..40]]).await.0, 3);
    assert_eq!(code_of(None, &["status"]).await.0, 4);
    assert_eq!(code_of(None, &["check-in"]).await.0, 4);
    assert_eq!(code_of(None, &["run"]).await.0, 4);
    assert_eq!(code_of(Some((503, "", String::new())), &activate).await.0, 6);
    assert_eq!(code_of(Some((401, "", String::new())), &activate).await.0, 7);
    assert_eq!(code_of(None, &["doctor"]).await.0, 9);
}

#[tokio::test]
async fn a_refusal_ends_with_its_code_and_says_where_to_go() {
    let folder = tempfile::tempdir().unwrap();
    let service = FakeService::start(|request| {
        ok(&answer(&refusal(&request.attempt, NOW, lease::document::RefusalReason::Conflict)))
    })
    .await;
    let output = appsuite(&service.url, folder.path(), &["activate", "--token", &token()]).await;
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(7));
    assert!(text.contains("The service gives no lease."), "{text}");
    assert!(text.contains("Not activated: two other installations use this token."), "{text}");
    assert!(text.contains("https://portal.example.com") && text.contains("Server         b000121893\n"), "{text}");
}

#[tokio::test]
async fn later_commands_know_the_url_of_the_activation_and_the_argument_overrides_it() {
    let folder = tempfile::tempdir().unwrap();
    let [first, second] =
        [7, 8].map(|serial| FakeService::start(move |request| ok(&answer(&lease(&request.attempt, serial, NOW)))));
    let (first, second) = (first.await, second.await);
    let asked = || (first.received().len(), second.received().len());
    appsuite(&first.url, folder.path(), &["activate", "--token", &token()]).await;
    assert_eq!(appsuite_as_set_up(folder.path(), &["check-in"]).await.status.code(), Some(0));
    assert_eq!(asked(), (2, 0));
    assert_eq!(appsuite(&second.url, folder.path(), &["check-in"]).await.status.code(), Some(0));
    assert_eq!(appsuite_as_set_up(folder.path(), &["check-in"]).await.status.code(), Some(0));
    assert_eq!(asked(), (3, 1), "the argument holds for its own command");
    appsuite(&second.url, folder.path(), &["activate", "--token", &token()]).await;
    appsuite_as_set_up(folder.path(), &["check-in"]).await;
    assert_eq!(asked(), (3, 3), "a new activation stores its own");
}

#[tokio::test]
async fn without_a_connection_the_url_is_named_and_nothing_is_said_to_run() {
    let folder = tempfile::tempdir().unwrap();
    let output = appsuite("http://127.0.0.1:1", folder.path(), &["activate", "--token", &token()]).await;
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(6), "{text}");
    let sentence = "No check-in: no connection to the Licensing Service at http://127.0.0.1:1. Nothing runs yet.";
    assert!(text.contains(sentence) && !text.contains("runs on"), "{text}");
}

#[tokio::test]
async fn doctor_says_that_plain_http_uses_no_tls() {
    let (_, text) = code_of(None, &["doctor"]).await;
    assert!(text.contains("tls    ok  not used, because the URL is plain http"), "{text}");
}

#[tokio::test]
async fn a_state_that_cannot_be_stored_ends_with_its_code() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("state"), "a file where the folder should be").unwrap();
    let output = appsuite("http://127.0.0.1:1", folder.path(), &["activate", "--token", &token()]).await;
    assert_eq!(output.status.code(), Some(5));
    assert!(String::from_utf8(output.stderr).unwrap().contains("Nothing was sent"));
}

#[tokio::test]
async fn a_missing_root_file_is_told() {
    let missing = ["status", "--root-file", "/nowhere/roots.json"];
    let output = Command::new(env!("CARGO_BIN_EXE_appsuite")).args(missing).output().await.unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8(output.stderr).unwrap().contains("--root-file"));
}
