use std::path::Path;
use std::process::Output;

use http_api::Clock;
use local::{Data, Stack, StackConfig};
use tokio::process::Command;

const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/samples/order.json");

async fn command(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cloud-licensing"));
    command.args(arguments).arg("--data").arg(folder).output().await.unwrap()
}

/// One sentence on the error output, nothing else, and a failure.
fn refusal(output: &Output) -> String {
    let text = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert_eq!(text.lines().count(), 1, "{text}");
    text
}

#[tokio::test]
async fn an_order_is_signed_and_posted_to_the_running_stack() {
    let folder = tempfile::tempdir().unwrap();
    let data = Data::Folder(folder.path().to_owned());
    let stack = Stack::start(StackConfig { data, ..StackConfig::in_memory(Clock::system()) }).await.unwrap();

    let taken = command(folder.path(), &["order", SAMPLE, "--from-today"]).await;
    assert!(taken.status.success(), "{}", String::from_utf8_lossy(&taken.stderr));
    assert!(String::from_utf8(taken.stdout).unwrap().contains("19/00021"));

    let port = stack.base_url.rsplit(':').next().unwrap().to_owned();
    assert!(refusal(&command(folder.path(), &["--port", &port]).await).contains("is taken"));
    assert!(refusal(&command(folder.path(), &["--port", "0"]).await).contains("another local stack"));

    stack.stop().await;
    assert!(
        refusal(&command(folder.path(), &["order", SAMPLE]).await).starts_with("No stack answers at "),
        "nobody answers"
    );
    assert!(refusal(&command(folder.path(), &["sample"]).await).starts_with("No stack answers at "));
}

#[tokio::test]
async fn a_file_that_is_no_json_object_is_refused_before_anything_is_sent() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("order.json");
    for (text, what) in [
        ("{\n  \"type\": purchase\n}", "is not JSON: line 2, column 11."),
        ("", "is not JSON: line 1, column 1."),
        ("[]", "is not a JSON object: line 1, column 1."),
    ] {
        std::fs::write(&file, text).unwrap();
        for more in [&["--from-today"][..], &[]] {
            let said = refusal(&command(folder.path(), &[&["order", file.to_str().unwrap()], more].concat()).await);
            assert_eq!(said.trim_end(), format!("{} {what}", file.display()));
        }
    }
}

#[tokio::test]
async fn the_folder_is_named_by_a_plain_path() {
    let mut help = Command::new(env!("CARGO_BIN_EXE_cloud-licensing"));
    let help = String::from_utf8(help.arg("--help").output().await.unwrap().stdout).unwrap();
    assert!(help.contains("/.local]") && !help.contains(".."), "{help}");
}

#[tokio::test]
async fn without_a_stack_or_a_file_the_command_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    for arguments in [&["order", SAMPLE][..], &["sample"]] {
        assert!(refusal(&command(folder.path(), arguments).await).contains("cargo run"), "{arguments:?}");
    }
}
