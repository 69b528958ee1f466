#![doc = include_str!("../README.md")]

mod accusations;
mod check_in;
mod closed_loop;
mod customer;
mod lifecycle;
mod meter;
mod thread;

use std::process::ExitCode;

use meter::Table;
use thread::FunctionThread;

/// What can go wrong here is a fault of the bench or the product; it ends with its text.
type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

fn main() -> ExitCode {
    let quick = std::env::args().any(|argument| argument == "--quick");
    let functions = FunctionThread::start();
    let runtime = tokio::runtime::Runtime::new().expect("the system gives a runtime");
    match runtime.block_on(run(&functions, if quick { 30 } else { 300 })) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(functions: &FunctionThread, repetitions: u32) -> Outcome {
    println!("{repetitions} repetitions each; times in µs\n");
    let mut table = Table::new();
    lifecycle::measure(functions, repetitions, &mut table).await?;
    check_in::measure(functions, repetitions, &mut table).await?;
    println!("{table}");
    closed_loop::measure(repetitions * 40).await?;
    println!("\n{}", accusations::honest(u64::from(repetitions) * 3_334, 1));
    println!("{}", accusations::copies(repetitions as usize * 34, 1));
    println!("\npeak memory of this process, database and clients included: {} MB", thread::peak_memory_mb());
    Ok(())
}
