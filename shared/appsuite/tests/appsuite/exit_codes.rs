//! Every exit code that the README documents, reached by the command.

use std::fs;
use std::path::Path;

use appsuite::Storage;
use tokio::process::Command;

use crate::fixture::{Answer, FakeService, NOW, answer, lease, ok, roots, token};

/// A service that answers the first check-in with a lease and every other one so.
async fn service(later: Answer) -> FakeService {
    let first = std::sync::atomic::AtomicBool::new(true);
    FakeService::start(move |request| {
        if first.swap(false, std::sync::atomic::Ordering::Relaxed) {
            ok(&answer(&lease(&request.attempt, 7, NOW)))
        } else {
            later.clone()
        }
    })
    .await
}

async fn code(url: &str, folder: &Path, arguments: &[&str]) -> i32 {
    fs::write(folder.join("roots.json"), serde_json::to_string(&roots()).unwrap()).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_appsuite"));
    command.args(["--url", url, "--root-file"]).arg(folder.join("roots.json"));
    command.arg("--state-dir").arg(folder.join("state")).args(arguments);
    command.output().await.unwrap().status.code().unwrap()
}

/// The codes of the README's table.
fn documented() -> Vec<i32> {
    let readme = include_str!("../../README.md");
    let table = readme.lines().skip_while(|line| !line.starts_with("| exit code |")).skip(2);
    table.map_while(|line| line.strip_prefix("| ")?.split_once(' ')?.0.parse().ok()).collect()
}

#[tokio::test]
async fn every_documented_exit_code_is_reached() {
    let folder = tempfile::tempdir().unwrap();
    let (home, token) = (folder.path(), token());
    let nobody = "http://127.0.0.1:1";
    let (failing, refusing) = (service((503, "", String::new())).await, service((401, "", String::new())).await);
    let activate = ["activate", "--token", token.as_str()];
    let full = tempfile::tempdir().unwrap();
    fs::write(full.path().join("state"), "a file where the folder should be").unwrap();

    let mut reached = vec![code(nobody, home, &["--ca-file", "/dev/null", "status"]).await];
    reached.push(code(nobody, home, &["activate"]).await);
    reached.push(code(nobody, home, &["activate", "--token", &token[1..]]).await);
    reached.push(code(nobody, home, &["check-in"]).await);
    reached.push(code(nobody, full.path(), &activate).await);
    reached.push(code(&failing.url, home, &activate).await);
    reached.push(code(&failing.url, home, &["check-in"]).await);
    code(&refusing.url, home, &activate).await;
    reached.push(code(&refusing.url, home, &["check-in"]).await);
    let lock = Storage::new(home.join("state")).lock().unwrap();
    reached.push(code(&failing.url, home, &["check-in"]).await);
    drop(lock);
    reached.push(code(nobody, home, &["doctor"]).await);
    reached.push(code(nobody, home, &["offline", "return"]).await);
    reached.sort_unstable();
    assert_eq!(reached, documented());
}
