//! The command itself on a machine that reaches nothing, with strings carried as files.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use tokio::process::Command;

use crate::offline_world::Offline;
use crate::world::refused;

/// A machine without network: its only service is a port that nobody listens at.
struct Machine {
    folder: TempDir,
}

impl Machine {
    fn new(it: &Offline) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let roots = serde_json::to_string(&it.world.stack.roots).unwrap();
        fs::write(folder.path().join("roots.json"), roots).unwrap();
        Self { folder }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Exit code and what was printed.
    async fn run(&self, arguments: &[&str]) -> (i32, String) {
        let mut command = Command::new(binary());
        command.args(["--url", "http://127.0.0.1:1", "--root-file"]).arg(self.file("roots.json"));
        command.arg("--state-dir").arg(self.file("state")).args(arguments).current_dir(self.folder.path());
        let output = command.output().await.unwrap();
        let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        (output.status.code().unwrap(), text)
    }

    /// Makes a string and reads its file.
    async fn make(&self, arguments: &[&str]) -> String {
        let (code, text) = self.run(&[arguments, &["--out", "string.txt"]].concat()).await;
        assert_eq!(code, 0, "{text}");
        fs::read_to_string(self.file("string.txt")).unwrap()
    }

    async fn install(&self, response: &str) -> (i32, String) {
        fs::write(self.file("response.txt"), response).unwrap();
        self.run(&["offline", "install", "response.txt"]).await
    }

    /// What `status` shows of the fax server.
    async fn runs(&self) -> String {
        let (_, text) = self.run(&["status"]).await;
        let line = text.lines().find(|line| line.starts_with("IP Fax server"));
        line.and_then(|line| line.split_whitespace().nth(5)).unwrap_or("0").to_owned()
    }
}

/// Built beside these tests by `cargo test --workspace`.
fn binary() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let found = test.ancestors().nth(2).map(|folder| folder.join("appsuite")).filter(|path| path.is_file());
    found.unwrap_or_else(|| panic!("the command is not built: cargo test --workspace builds it beside {}", show(&test)))
}

fn show(path: &Path) -> std::path::Display<'_> {
    path.display()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_machine_that_reaches_nothing_lives_by_files() {
    let it = Offline::with(5).await;
    let machine = Machine::new(&it);
    let token = it.token().await;
    let request = machine.make(&["offline", "request", "--token", &token]).await;
    let first = it.answered(&request).await;
    let (code, text) = machine.install(&first).await;
    assert!(code == 0 && text.contains("Installed: response 1.") && text.contains("Offline since"), "{text}");
    assert_eq!(machine.runs().await, "5");

    assert_eq!(it.save(20).await.status, 200);
    let more = it.answered(&machine.make(&["offline", "request"]).await).await;
    assert_eq!(machine.install(&more.to_lowercase().replace('\n', " ")).await.0, 0, "as a mail may have left it");
    assert_eq!(machine.runs().await, "20");

    assert_eq!(it.save(3).await.status, 200);
    let less = it.answered(&machine.make(&["offline", "request"]).await).await;
    let typed = format!("{}{}", &less[..less.len() - 9], "00000000\n");
    assert_eq!(machine.install(&typed).await.0, 3, "a typing error");
    assert_eq!(machine.install(&more).await.0, 10, "it is installed");
    assert_eq!(machine.install(&first).await.0, 10, "it is older");
    assert_eq!(machine.install(&less).await.0, 0);
    assert_eq!((machine.runs().await.as_str(), it.used().await), ("3", 20));
    let confirmed = it.upload(&machine.make(&["offline", "request"]).await).await.json();
    assert_eq!((confirmed["outcome"].as_str(), it.used().await), (Some("confirmed"), 3));

    let other = Machine::new(&it);
    let stranger = other.make(&["offline", "request", "--token", &token]).await;
    refused(&it.upload(&stranger).await, 409, "offline_other_installation");
    assert_eq!(other.install(&less).await.0, 10, "it is for the first machine");

    let returned = machine.make(&["offline", "return"]).await;
    assert_eq!(machine.runs().await, "0");
    assert_eq!(machine.install(&less).await.0, 10, "what was returned never runs again");
    assert_eq!(it.upload_return(&returned).await.json()["outcome"], "returned");
    let response = it.answered(&stranger).await;
    assert_eq!((other.install(&response).await.0, other.runs().await.as_str()), (0, "3"));
    it.world.stack.stop().await;
}
