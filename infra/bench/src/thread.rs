//! The thread that the functions run on, and what it used.

use std::fs;
use std::time::Duration;

use tokio::runtime::{Builder, Handle};

/// A runtime on one thread of its own.
pub struct FunctionThread {
    handle: Handle,
    id: String,
}

impl FunctionThread {
    pub fn start() -> Self {
        let (tell, told) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            let runtime = Builder::new_current_thread().enable_all().build().expect("the system gives a runtime");
            let link = fs::read_link("/proc/thread-self").unwrap_or_default();
            let id = link.file_name().unwrap_or_default().to_string_lossy().into_owned();
            drop(tell.send((runtime.handle().clone(), id)));
            runtime.block_on(std::future::pending::<()>());
        });
        let (handle, id) = told.recv().expect("the thread tells where it is");
        Self { handle, id }
    }

    pub fn handle(&self) -> Handle {
        self.handle.clone()
    }

    /// CPU that the thread has used, once it has nothing to do: only then the kernel's count is exact.
    pub async fn cpu(&self) -> Duration {
        while !self.sleeps() {
            tokio::task::yield_now().await;
        }
        let counts = self.read("schedstat");
        Duration::from_nanos(counts.split(' ').next().and_then(|first| first.parse().ok()).unwrap_or_default())
    }

    fn sleeps(&self) -> bool {
        self.read("stat").rsplit(')').next().is_some_and(|rest| rest.trim_start().starts_with('S'))
    }

    fn read(&self, file: &str) -> String {
        fs::read_to_string(format!("/proc/self/task/{}/{file}", self.id)).unwrap_or_default()
    }
}

/// The most memory that this process has had.
pub fn peak_memory_mb() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|rest| rest.split_whitespace().next()?.parse::<u64>().ok());
    kilobytes.unwrap_or_default() / 1024
}

/// CPU that all threads of this process have used.
pub fn process_cpu() -> Duration {
    let tasks = fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    let used = tasks.filter_map(|task| fs::read_to_string(task.path().join("schedstat")).ok());
    used.filter_map(|counts| counts.split(' ').next()?.parse().ok()).map(Duration::from_nanos).sum()
}
