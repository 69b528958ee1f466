//! Eight installations that ask as fast as they are answered.

use std::time::{Duration, Instant};

use futures::future::join_all;
use http_api::Clock;
use jiff::SignedDuration;
use local::{Browser, Stack, StackConfig};

use crate::Outcome;
use crate::check_in::Suite;
use crate::customer::{Customer, order, post, unlock};
use crate::meter::Times;
use crate::thread::process_cpu;

const CLIENTS: u32 = 8;

/// Measures the whole stack, database and clients included, with leases that write and with answers that do not.
pub async fn measure(check_ins: u32) -> Outcome {
    let clock = Clock::manual("2026-11-24T09:00:00Z".parse()?);
    let stack = Stack::start(StackConfig::in_memory(clock.clone())).await?;
    let browser = Browser::new(&stack)?;
    unlock(&browser, &post(&stack, &order(&clock, "LOOP", "loop", &vec!["IM120-4L".to_owned(); 8])).await?).await?;
    let customer = Customer::of(&stack, &browser, "loop").await?;
    let session = customer.session(&stack, &browser);
    let mut suites = Vec::new();
    for _ in 0..CLIENTS {
        let server = customer.add_server(&session).await?;
        customer.save(&session, &server, "IP Fax server", 1).await?;
        let mut suite = Suite::new(&stack, &clock, &customer.token(&session, &server).await?)?;
        suite.check_in(true).await?;
        suites.push(suite);
    }
    println!("closed loop of {CLIENTS} clients over HTTP, everything in this process");
    run("unchanged", &mut suites, check_ins / CLIENTS, false).await?;
    run("lease", &mut suites, check_ins / CLIENTS, true).await?;
    stack.stop().await;
    Ok(())
}

async fn run(name: &str, suites: &mut [Suite<'_>], each: u32, leases: bool) -> Outcome {
    let (begin, used) = (Instant::now(), process_cpu());
    let mut times = Times::default();
    // A day for each round of leases: so nobody is answered "unchanged".
    let (rounds, of_round) = if leases { (each, 1) } else { (1, each) };
    for _ in 0..rounds {
        if leases {
            suites[0].clock.advance(SignedDuration::from_hours(24));
        }
        let told = join_all(suites.iter_mut().map(|suite| ask(suite, of_round, leases))).await;
        for time in told.into_iter().collect::<Outcome<Vec<_>>>()?.into_iter().flatten() {
            times.push(time);
        }
    }
    let (elapsed, used) = (begin.elapsed(), process_cpu().saturating_sub(used));
    let count = f64::from(each * CLIENTS);
    println!(
        "{name:44} {:6.0} a second, p50 {:.0} µs, p99 {:.0} µs, {:.0} µs of CPU each",
        count / elapsed.as_secs_f64(),
        times.percentile(50),
        times.percentile(99),
        used.as_secs_f64() * 1e6 / count,
    );
    Ok(())
}

async fn ask(suite: &mut Suite<'_>, times: u32, wants_lease: bool) -> Outcome<Vec<Duration>> {
    let mut told = Vec::new();
    for _ in 0..times {
        let begin = Instant::now();
        suite.check_in(wants_lease).await?;
        told.push(begin.elapsed());
    }
    Ok(told)
}
