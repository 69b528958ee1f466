//! The thread that the functions run on, and what it used.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::runtime::{Builder, Handle};

/// A runtime on one thread of its own.
pub struct FunctionThread {
    handle: Handle,
    task: PathBuf,
}

impl FunctionThread {
    pub fn start() -> Self {
        let (tell, told) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            let runtime = Builder::new_current_thread().enable_all().build().expect("the system gives a runtime");
            let task = Path::new("/proc").join(fs::read_link("/proc/thread-self").unwrap_or_default());
            drop(tell.send((runtime.handle().clone(), task)));
            runtime.block_on(std::future::pending::<()>());
        });
        let (handle, task) = told.recv().expect("the thread tells where it is");
        Self { handle, task }
    }

    pub fn handle(&self) -> Handle {
        self.handle.clone()
    }

    /// CPU that the thread has used, once it has nothing to do: only then the kernel's count is exact.
    pub async fn cpu(&self) -> Duration {
        while !sleeps(&read(&self.task, "stat")) {
            tokio::task::yield_now().await;
        }
        used(&read(&self.task, "schedstat"))
    }
}

/// CPU that all threads of a process have used, once none of them has anything to do.
pub async fn idle_cpu(process: &str) -> Duration {
    while tasks(process).iter().any(|task| !sleeps(&read(task, "stat"))) {
        tokio::task::yield_now().await;
    }
    cpu_of(process)
}

/// CPU that all threads of this process have used.
pub fn process_cpu() -> Duration {
    cpu_of("self")
}

/// The most memory that a process has had, in kilobytes.
pub fn peak_memory_kb(process: &str) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|rest| rest.split_whitespace().next()?.parse().ok()).unwrap_or_default()
}

fn cpu_of(process: &str) -> Duration {
    tasks(process).iter().map(|task| used(&read(task, "schedstat"))).sum()
}

fn tasks(process: &str) -> Vec<PathBuf> {
    let tasks = fs::read_dir(format!("/proc/{process}/task")).into_iter().flatten().flatten();
    tasks.map(|task| task.path()).collect()
}

fn read(task: &Path, file: &str) -> String {
    fs::read_to_string(task.join(file)).unwrap_or_default()
}

fn sleeps(stat: &str) -> bool {
    stat.rsplit(')').next().is_some_and(|rest| rest.trim_start().starts_with('S'))
}

fn used(schedstat: &str) -> Duration {
    Duration::from_nanos(schedstat.split(' ').next().and_then(|first| first.parse().ok()).unwrap_or_default())
}
