//! The switch with which a deployment refuses nobody while whoever runs it doubts it.

use appsuite::{Cause, Failure, Outcome};
use http_api::Clock;
use lease::document::RefusalReason;
use licensing::id::ServerId;
use local::{Data, Stack, StackConfig};
use reqwest::Method;
use serde_json::json;
use table::{Consistency, ServerSheet};
use tempfile::TempDir;

use crate::check_in::refusal;
use crate::check_in_rows::advance;
use crate::world::{AppSuite, CUSTOMER, World};

/// A world whose stack can be stopped and started with the switch on or off.
struct Doubted {
    world: World,
    folder: TempDir,
}

impl Doubted {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Clock::manual("2026-11-24T09:00:00Z".parse().unwrap());
        let world = World::on(config(&folder, clock), &[("IM120-4L", "FAX1")]).await;
        Self { world, folder }
    }

    async fn deploy(self, refusals_suspended: bool) -> Self {
        let Self { world, folder } = self;
        let World { stack, clock, account, .. } = world;
        let port = stack.base_url.rsplit(':').next().unwrap().parse().unwrap();
        stack.stop().await;
        let config = StackConfig { port, refusals_suspended, ..config(&folder, clock.clone()) };
        let stack = Stack::start(config).await.unwrap();
        let customer = local::Browser::new(&stack).unwrap().sign_in(&stack, CUSTOMER).await.unwrap();
        Self { world: World { stack, clock, customer, account }, folder }
    }

    /// What check-ins read and write.
    async fn sheet(&self, server: &str) -> ServerSheet {
        let id = ServerId::parse(server).unwrap();
        self.world.table().server_sheet(&id, Consistency::Strong).await.unwrap().unwrap()
    }

    fn mails_of_conflict(&self) -> usize {
        let mails = self.world.stack.mailbox.to(CUSTOMER);
        mails.iter().filter(|mail| mail.subject().contains("installazion")).count()
    }
}

fn config(folder: &TempDir, clock: Clock) -> StackConfig {
    StackConfig { data: Data::Folder(folder.path().join("local")), ..StackConfig::in_memory(clock) }
}

async fn has_no_effect(suite: &AppSuite) -> bool {
    suite.client.check_in().await.unwrap() == Outcome::NoEffect(Cause::Failed(Failure::Status(503)))
}

#[tokio::test(flavor = "multi_thread")]
async fn no_conflict_begins_and_no_rival_takes_over_until_refusals_are_no_longer_suspended() {
    let doubted = Doubted::new().await;
    let (server, token) = doubted.world.server_with_token(3).await;
    let (holder, rival) = (doubted.world.app_suite("one"), doubted.world.app_suite("two"));
    holder.client.activate(&token).await.unwrap();
    let before = doubted.sheet(&server).await.lease.state;

    let doubted = doubted.deploy(true).await;
    let no_effect = Outcome::NoEffect(Cause::Failed(Failure::Status(503)));
    assert_eq!(rival.client.activate(&token).await.unwrap(), no_effect);
    assert_eq!(holder.client.check_in().await.unwrap(), Outcome::LeaseKept);
    assert_eq!(holder.client.status().rows[0].capacity, 3);
    assert_eq!((doubted.sheet(&server).await.lease.state, doubted.mails_of_conflict()), (before, 0));
    assert_eq!(doubted.world.status(&server).await, "active");

    let doubted = doubted.deploy(false).await;
    assert!(
        matches!(rival.client.check_in().await.unwrap(), Outcome::NewLease { .. }),
        "the same attempt, decided anew"
    );
    assert_eq!(doubted.world.status(&server).await, "conflict");

    let doubted = doubted.deploy(true).await;
    advance(&doubted.world, &[&holder, &rival], 6 * 24);
    let in_conflict = doubted.sheet(&server).await.lease.state;
    assert!(has_no_effect(&rival).await);
    assert_eq!(doubted.sheet(&server).await.lease.state, in_conflict);

    let doubted = doubted.deploy(false).await;
    assert!(matches!(rival.client.check_in().await.unwrap(), Outcome::NewLease { .. }), "the holder was silent");
    assert_eq!(doubted.world.status(&server).await, "active");
    doubted.world.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_would_be_refused_runs_on_while_refusals_are_suspended() {
    let doubted = Doubted::new().await;
    let mut servers = Vec::new();
    for machine in ["disabled", "released", "superseded"] {
        let (server, token) = doubted.world.server_with_token(1).await;
        let suite = doubted.world.app_suite(machine);
        suite.client.activate(&token).await.unwrap();
        servers.push((server, suite));
    }
    let [(disabled, one), (released, two), (superseded, three)] = &servers[..] else { panic!("three") };
    assert_eq!(doubted.world.server_command(disabled, "/disable").await.status, 200);
    assert_eq!(doubted.world.server_command(released, "/release").await.status, 200);
    let path = format!("/v1/servers/{superseded}/token");
    assert_eq!(doubted.world.customer.write(Method::POST, &path, &json!({})).await.unwrap().status, 200);

    let doubted = doubted.deploy(true).await;
    for (server, suite) in &servers {
        let before = doubted.sheet(server).await.lease.state;
        assert!(has_no_effect(suite).await);
        assert_eq!(suite.client.status().rows[0].capacity, 1);
        assert_eq!(doubted.sheet(server).await.lease.state, before);
    }

    let doubted = doubted.deploy(false).await;
    let effective_at = "2026-11-25T09:00:00Z".parse().unwrap();
    assert_eq!(refusal(one).await, RefusalReason::ServerDisabled { effective_at });
    assert_eq!(refusal(two).await, RefusalReason::Released);
    assert_eq!(refusal(three).await, RefusalReason::TokenSuperseded);
    doubted.world.stack.stop().await;
}
