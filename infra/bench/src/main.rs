#![doc = include_str!("../README.md")]

mod accusations;
mod check_in;
mod closed_loop;
mod customer;
mod fleet;
mod lifecycle;
mod meter;
mod process;
mod runtime_api;
mod start_up;
mod thread;

use std::process::ExitCode;

use clap::{Parser, ValueEnum};
use meter::Table;
use thread::FunctionThread;

/// What can go wrong here is a fault of the bench or the product; it ends with its text.
type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

/// Measures what the product costs.
#[derive(Parser)]
struct Arguments {
    /// A tenth of the repetitions.
    #[arg(long)]
    quick: bool,
    /// Measures only these parts.
    #[arg(long, value_enum, num_args = 1..)]
    only: Vec<Part>,
}

/// A part of the bench.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// Units, CPU and wall time of each step of a licence's life.
    Steps,
    /// Eight clients in a closed loop.
    Loop,
    /// Whom the rules of the check-in accuse.
    Accusations,
    /// A million servers that start at one instant.
    Fleet,
    /// From the start of a function's process to its first answers.
    StartUp,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let functions = FunctionThread::start();
    let runtime = tokio::runtime::Runtime::new().expect("the system gives a runtime");
    match runtime.block_on(run(&functions, &arguments)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(functions: &FunctionThread, arguments: &Arguments) -> Outcome {
    let repetitions = if arguments.quick { 30 } else { 300 };
    let wanted = |part| arguments.only.is_empty() || arguments.only.contains(&part);
    if wanted(Part::Steps) {
        println!("{repetitions} repetitions each; times in µs\n");
        let mut table = Table::new();
        lifecycle::measure(functions, repetitions, &mut table).await?;
        check_in::measure(functions, repetitions, &mut table).await?;
        println!("{table}");
    }
    if wanted(Part::Loop) {
        closed_loop::measure(repetitions * 40).await?;
    }
    if wanted(Part::Accusations) {
        println!("\n{}", accusations::honest(u64::from(repetitions) * 3_334, 1));
        println!("{}", accusations::copies(repetitions as usize * 34, 1));
    }
    if wanted(Part::Fleet) {
        for start in [fleet::Start::Running, fleet::Start::Empty] {
            println!("\n{}", fleet::play(repetitions * 3_334, start, 1));
        }
    }
    if wanted(Part::StartUp) {
        start_up::measure(repetitions).await?;
    }
    let peak_mb = thread::peak_memory_kb("self") / 1024;
    println!("\npeak memory of this process, database and clients included: {peak_mb} MB");
    Ok(())
}
