//! What a whole journey leaves in the logs: operations and outcomes, and nothing that opens anything.

use std::io::Write;
use std::sync::{Arc, Mutex};

use local::{Browser, Press};
use reqwest::Method;
use serde_json::json;

use crate::world::{CUSTOMER, RECIPIENT, World, order, post};

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_links_and_addresses_never_reach_a_log() {
    let log = Log::default();
    let writer = log.clone();
    let logging = tracing_subscriber::fmt().with_max_level(tracing::Level::INFO).with_ansi(false);
    logging.with_writer(move || writer.clone()).init();

    let world = World::with_fax().await;
    let (server, token) = world.server_with_token(3).await;
    let suite = world.app_suite("one");
    suite.client.activate(&token).await.unwrap();
    let link = post(&world.stack, order(&world.clock, "19/00022", &[("IM120-4L", "FAX2")])).await;
    let browser = Browser::new(&world.stack).unwrap();
    let page = browser.open(&link).await.unwrap();
    let nonce = page.form("unlock").unwrap().remove("nonce").unwrap();
    browser.press(&page, &link, "unlock", &[], Press::Told).await.unwrap();
    browser
        .press(
            &browser.open(&link).await.unwrap(),
            &format!("{link}/forward"),
            "forward",
            &[("address", "new@example.com")],
            Press::Told,
        )
        .await
        .unwrap();
    let refused = world.save(&[(&server, "IP Fax server", 1_000)]).await;
    assert_eq!(refused.code(), "over_assigned");
    world
        .customer
        .write(Method::POST, &world.path("/members"), &json!({ "email": "x@example.com", "role": "viewer" }))
        .await
        .unwrap();
    let id_token = world.stack.provider.id_token(CUSTOMER);
    let signature = id_token.rsplit('.').next().unwrap().to_owned();
    world.stack.stop().await;

    let logged = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    for operation in ["receiveOrder", "unlockOrder", "saveAssignments", "showToken", "checkIn", "over_assigned"] {
        assert!(logged.contains(operation), "{operation} is not logged:\n{logged}");
    }
    let secret_of_token = token.split_once('|').unwrap().1;
    let secret_of_link = link.rsplit('/').next().unwrap();
    for secret in [
        secret_of_token,
        secret_of_link,
        &nonce,
        &signature,
        CUSTOMER,
        RECIPIENT,
        "new@example.com",
        "x@example.com",
        "Imagicle Final",
    ] {
        assert!(!logged.contains(secret), "{secret} is logged");
    }
}
