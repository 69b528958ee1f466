//! The widest transaction: an order of thirty lines, unlocked where fifty servers and five resellers are, all of whom
//! it changes.

use local::{Answer, Session};
use reqwest::Method;
use serde_json::{Value, json};
use table::Consistency;

use crate::world::{World, changing, faults, order, refused, send, unlock};

const RECORDING: &str = "Call Recording";

#[tokio::test(flavor = "multi_thread")]
async fn thirty_lines_change_fifty_servers_and_the_lists_of_five_resellers() {
    let world = World::of(&[("IM162-90L", "REC")]).await;
    let servers = servers_with_one_each(&world).await;
    for turn in 1..=5 {
        unlock(&world.stack, through(&world, turn, &[("IM120-4L", &format!("FAX{turn}"))])).await;
        let path = world.path(&format!("/resellers/R-NEW{turn}"));
        let accepted = world.customer.write(Method::PUT, &path, &json!({})).await.unwrap();
        if turn < 5 {
            assert_eq!(accepted.status, 200, "{}", accepted.body);
        } else {
            refused(&accepted, 409, "too_many_resellers");
        }
    }
    let before = revisions(&world, &servers).await;

    let codes: Vec<String> = (0..30).map(|line| format!("WIDE{line}")).collect();
    let lines: Vec<_> = codes.iter().map(|code| ("IM162-90L", code.as_str())).collect();
    let mut wide = through(&world, 6, &lines);
    // The lowest care counts for all, so this reaches every server.
    wide["lines"].as_array_mut().unwrap().iter_mut().for_each(|line| line["care"]["level"] = "basic".into());
    wide["customer"]["contact"]["email"] = "second.contact@example.com".into();
    unlock(&world.stack, wide).await;

    let row = recording(&world.view().await);
    assert_eq!((&row["total"], &row["used"], &row["care"]), (&json!(31 * 90), &json!(50), &json!("basic")));
    for (server, (revision, _)) in servers.iter().zip(before) {
        let (now, cares) = revision_and_care(&world, server).await;
        assert!(now > revision && cares == ["Basic"], "{server}: {cares:?}");
    }
    let members = world.customer.get(&world.path("/members")).await.unwrap().json();
    assert_eq!(members["requests"][0]["person"]["email"], "second.contact@example.com");
    let reseller: Session = world.sign_in("new4@example.com").await;
    let listed = reseller.get("/v1/accounts").await.unwrap().json();
    assert_eq!(listed["accounts"][0]["accountId"], json!(world.account));
    let suite = world.app_suite("the last one");
    suite.client.activate(&world.token(&servers[49]).await).await.unwrap();
    assert_eq!(suite.client.status().rows[0].care, Some(lease::segment::CareLevel::Basic));
    world.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renewal_of_thirty_lines_changes_fifty_servers_and_a_wider_one_is_refused() {
    let world = World::of(&[("IM162-90L", "REC")]).await;
    let servers = servers_with_one_each(&world).await;
    let codes: Vec<String> = (0..30).map(|line| format!("WIDE{line}")).collect();
    let lines: Vec<_> = codes.iter().map(|code| ("IM162-90L", code.as_str())).collect();
    unlock(&world.stack, order(&world.clock, "19/00101", &lines)).await;
    let before = revisions(&world, &servers).await;
    let renewal = |number: &str, codes: &[String], year: u16| {
        let line = |code: &String| {
            let (start, term) = (format!("{year}-11-24"), format!("{}-11-23", year + 1));
            json!({ "licenseCode": code, "start": start, "term": term })
        };
        changing(&world.clock, "renewal", number, &codes.iter().map(line).collect())
    };
    let (status, answer) = send(&world.stack, &renewal("20/00001", &codes, 2027)).await;
    assert_eq!(status, 201, "{answer}");
    for (server, (revision, _)) in servers.iter().zip(before) {
        assert!(revision_and_care(&world, server).await.0 > revision, "{server}");
    }

    let mut mixed = codes[..18].to_vec();
    for turn in 0..12 {
        let code = format!("LOCKED{turn}");
        let (status, answer) =
            send(&world.stack, &order(&world.clock, &format!("19/002{turn:02}"), &[("IM120-4L", &code)])).await;
        assert_eq!(status, 201, "{answer}");
        mixed.push(code);
    }
    let (status, problem) = send(&world.stack, &renewal("20/00002", &mixed, 2028)).await;
    assert_eq!((status, faults(&problem)), (422, vec![("/lines", "too_wide")]));
    for (number, part) in [("20/00002", &mixed[..15]), ("20/00003", &mixed[15..])] {
        let (status, answer) = send(&world.stack, &renewal(number, part, 2028)).await;
        assert_eq!(status, 201, "in two orders: {answer}");
    }
    world.stack.stop().await;
}

async fn servers_with_one_each(world: &World) -> Vec<String> {
    let mut servers = Vec::new();
    for _ in 0..50 {
        servers.push(world.add_server().await);
    }
    let cells: Vec<_> = servers.iter().map(|server| (server.as_str(), RECORDING, 1)).collect();
    let saved = world.save(&cells).await;
    assert_eq!(saved.status, 200, "{}", saved.body);
    servers
}

/// An order through a reseller that is new to the account, with a contact that is new to the reseller.
fn through(world: &World, turn: u32, lines: &[(&str, &str)]) -> Value {
    let mut order = order(&world.clock, &format!("19/001{turn:02}"), lines);
    order["reseller"]["number"] = format!("R-NEW{turn}").into();
    order["reseller"]["name"] = format!("New Reseller {turn}").into();
    order["reseller"]["contact"]["email"] = format!("new{turn}@example.com").into();
    order
}

async fn revisions(world: &World, servers: &[String]) -> Vec<(u64, Vec<String>)> {
    let mut found = Vec::new();
    for server in servers {
        found.push(revision_and_care(world, server).await);
    }
    found
}

/// What the server's own item says: its revision, and the care of what it runs.
async fn revision_and_care(world: &World, server: &str) -> (u64, Vec<String>) {
    let id = licensing::id::ServerId::parse(server).unwrap();
    let sheet = world.table().server_sheet(&id, Consistency::Strong).await.unwrap().unwrap();
    let care = |segment: &licensing::segment::Segment| segment.care.map(|care| format!("{care:?}"));
    let now = world.clock.now();
    let segments = sheet.server.segments().unwrap();
    let running = segments.iter().filter(|segment| segment.from <= now && segment.until.is_none_or(|end| end > now));
    (sheet.server.revision, running.filter_map(care).collect())
}

fn recording(view: &Answer) -> Value {
    let rows = view.json()["rows"].as_array().unwrap().clone();
    rows.into_iter().find(|row| row["application"] == RECORDING).unwrap()
}
