//! What a function costs before it serves, and right after: its real binary, started as Lambda starts it.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::DeflateEncoder;
use http_api::Clock;
use jiff::SignedDuration;
use local::{Browser, Stack, StackConfig};
use serde_json::{Value, json};

use crate::Outcome;
use crate::check_in::Suite;
use crate::customer::{Customer, order, post, unlock};
use crate::meter::Times;
use crate::process::{FunctionProcess, Took};

/// Starts of one kind: each needs a server whose lease is a day old, and an account has fifty.
const STARTS_MAX: u32 = 40;
/// Invocations after the first one of a start.
const FOLLOWING: u32 = 20;

/// Starts functions again and again, and prints what that takes.
pub async fn measure(repetitions: u32) -> Outcome {
    let starts = repetitions.min(STARTS_MAX);
    // A day ago: so the first check-in of each process is due, as a daily one is.
    let clock = Clock::manual(Clock::system().now() - SignedDuration::from_hours(24));
    let stack = Stack::start(StackConfig::in_memory(clock.clone())).await?;
    let browser = Browser::new(&stack)?;
    let articles = vec!["IM120-4L".to_owned(); 25];
    unlock(&browser, &post(&stack, &order(&clock, "START", "start", &articles)).await?).await?;
    let link = post(&stack, &order(&clock, "SHOWN", "shown", &articles[..2])).await?;
    let customer = Customer::of(&stack, &browser, "start").await?;
    let session = customer.session(&stack, &browser);
    let mut suites = Vec::new();
    for _ in 0..starts {
        let server = customer.add_server(&session).await?;
        customer.save(&session, &server, "IP Fax server", 1).await?;
        let mut suite = Suite::new(&stack, &clock, &customer.token(&session, &server).await?)?;
        suite.check_in(true).await?;
        suites.push(suite);
    }
    clock.advance(SignedDuration::from_hours(24));
    println!("\n{starts} starts each, {FOLLOWING} invocations after the first\n");
    let (check_in, unlock) = (Started::of("check-in")?, Started::of("unlock")?);
    println!("{check_in}\n{unlock}\n\n{HEAD}");
    println!("{}", check_ins(&stack, &check_in, &mut suites, "check-in, first a lease", true).await?);
    println!("{}", check_ins(&stack, &check_in, &mut suites, "check-in, first unchanged", false).await?);
    println!("{}", pages(&stack, &unlock, starts, &link).await?);
    stack.stop().await;
    Ok(())
}

async fn check_ins(
    stack: &Stack,
    started: &Started,
    suites: &mut [Suite<'_>],
    name: &'static str,
    lease_first: bool,
) -> Outcome<Row> {
    let mut row = Row::new(name);
    for suite in suites {
        let (mut process, ready) = FunctionProcess::start(&started.binary, &stack.environment()).await?;
        row.ready.push(ready);
        for number in 0..=FOLLOWING {
            let body = suite.body();
            let event = event("POST", "/v1/check-in", ("/v1/check-in", json!({})), Some((&suite.token, body)));
            let (same, answer, took) = process.invoke(&event).await?;
            process = same;
            let body = answer["body"].as_str().unwrap_or_default();
            suite.take(&serde_json::from_str(body)?, lease_first && number == 0)?;
            row.of(number).push(took);
        }
        row.peak_kb = row.peak_kb.max(process.stop().await?);
    }
    Ok(row)
}

async fn pages(stack: &Stack, started: &Started, starts: u32, link: &str) -> Outcome<Row> {
    let mut row = Row::new("unlock, the order's page");
    let path = link.strip_prefix(&stack.base_url).ok_or("the link leads elsewhere")?;
    let parameters = json!({ "link": path.strip_prefix("/unlock/") });
    for _ in 0..starts {
        let (mut process, ready) = FunctionProcess::start(&started.binary, &stack.environment()).await?;
        row.ready.push(ready);
        for number in 0..=FOLLOWING {
            let event = event("GET", "/unlock/{link}", (path, parameters.clone()), None);
            let (same, answer, took) = process.invoke(&event).await?;
            process = same;
            if answer["statusCode"] != 200 {
                return Err(answer.to_string().into());
            }
            row.of(number).push(took);
        }
        row.peak_kb = row.peak_kb.max(process.stop().await?);
    }
    Ok(row)
}

/// An event of an HTTP API, with the headers that a gateway adds.
fn event(method: &str, route: &str, (path, parameters): (&str, Value), token_body: Option<(&str, Value)>) -> Value {
    let key = format!("{method} {route}");
    let mut event = json!({
        "version": "2.0", "routeKey": key, "rawPath": path, "rawQueryString": "", "pathParameters": parameters,
        "headers": {
            "accept": "*/*", "accept-encoding": "gzip", "content-type": "application/json",
            "host": "licenses.example.com", "user-agent": "appsuite/0.1.0", "x-forwarded-for": "192.0.2.1",
            "x-forwarded-port": "443", "x-forwarded-proto": "https",
            "x-amzn-trace-id": "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700",
        },
        "requestContext": {
            "accountId": "000000000000", "apiId": "bench", "domainName": "licenses.example.com",
            "domainPrefix": "licenses", "requestId": "JKJaXmPLvHcESHA=", "routeKey": key, "stage": "$default",
            "time": "24/Nov/2026:09:00:00 +0000", "timeEpoch": 1_795_510_800_000_u64,
            "http": {
                "method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1",
                "userAgent": "appsuite/0.1.0",
            },
        },
        "isBase64Encoded": false,
    });
    if let Some((token, body)) = token_body {
        event["headers"]["authorization"] = format!("Bearer {token}").into();
        event["body"] = body.to_string().into();
    }
    event
}

/// A function's binary.
struct Started {
    name: &'static str,
    binary: PathBuf,
    megabytes: f64,
    zipped: f64,
}

impl Started {
    /// It lies beside this program.
    fn of(name: &'static str) -> Outcome<Self> {
        let binary = std::env::current_exe()?.with_file_name(name);
        if !binary.is_file() {
            return Err(format!("{} is missing: cargo xtask bench builds it", binary.display()).into());
        }
        let size = |bytes: u64| u32::try_from(bytes).map(|bytes| f64::from(bytes) / 1e6);
        let (megabytes, zipped) = (size(binary.metadata()?.len())?, size(deflated(&binary)?)?);
        Ok(Self { name, binary, megabytes, zipped })
    }
}

impl std::fmt::Display for Started {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {:.1} MB, zipped {:.1} MB", self.name, self.megabytes, self.zipped)
    }
}

/// How large a file becomes in an archive.
fn deflated(path: &Path) -> io::Result<u64> {
    let mut encoder = DeflateEncoder::new(io::sink(), Compression::default());
    io::copy(&mut File::open(path)?, &mut encoder)?;
    encoder.try_finish()?;
    Ok(encoder.total_out())
}

const HEAD: &str = "\
| start | CPU to ready p50, p95 | until ready p50, p95 | first invocation: CPU p50, p95 | until its answer p50, p95 | \
following: CPU p50 | until its answer p50 | peak memory |
|---|---|---|---|---|---|---|---|";

/// Times of one step.
#[derive(Default)]
struct Taken {
    cpu: Times,
    wall: Times,
}

impl Taken {
    fn push(&mut self, took: Took) {
        self.cpu.push(took.cpu);
        self.wall.push(took.wall);
    }
}

/// One kind of start.
struct Row {
    name: &'static str,
    ready: Taken,
    first: Taken,
    following: Taken,
    peak_kb: u64,
}

impl Row {
    fn new(name: &'static str) -> Self {
        Self { name, ready: Taken::default(), first: Taken::default(), following: Taken::default(), peak_kb: 0 }
    }

    fn of(&mut self, number: u32) -> &mut Taken {
        if number == 0 { &mut self.first } else { &mut self.following }
    }
}

impl std::fmt::Display for Row {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let ms = |times: &Times, percent| times.clone().percentile(percent) / 1000.0;
        let both = |times: &Times| format!("{:.2} ms, {:.2} ms", ms(times, 50), ms(times, 95));
        let Self { name, ready, first, following, peak_kb } = self;
        write!(
            f,
            "| {name} | {} | {} | {} | {} | ",
            both(&ready.cpu),
            both(&ready.wall),
            both(&first.cpu),
            both(&first.wall)
        )?;
        let peak_mb = peak_kb.div_ceil(1024);
        write!(f, "{:.2} ms | {:.2} ms | {peak_mb} MB |", ms(&following.cpu, 50), ms(&following.wall, 50))
    }
}
