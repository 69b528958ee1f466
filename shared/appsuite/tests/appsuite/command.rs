//! The command: what it prints and with which exit code it ends.

use std::fs;
use std::path::Path;
use std::process::Output;

use tokio::process::Command;

use crate::fixture::{Answer, FakeService, NOW, answer, lease, ok, refusal, roots, token};

async fn appsuite(url: &str, folder: &Path, arguments: &[&str]) -> Output {
    let root_file = folder.join("roots.json");
    fs::write(&root_file, serde_json::to_string(&roots()).unwrap()).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_appsuite"));
    command.args(arguments).args(["--url", url, "--root-file"]).arg(root_file);
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
    assert!(
        text.contains("Choose one in the License Portal before the lease ends: https://portal.example.com"),
        "{text}"
    );
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
