//! A world with a server that is offline, and installations that reach nothing.

use appsuite::{Client, ClientConfig, ClientError, InstallFault, Marks};
use local::{Answer, Session};
use reqwest::Method;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::world::{World, order, unlock};

pub const FAX: &str = "IP Fax server";

/// A world whose customer has 20 perpetual channels beside a subscription, and an offline server.
pub struct Offline {
    pub world: World,
    pub server: String,
}

async fn buy(world: &World, number: &str, code: &str) {
    let mut perpetual = order(&world.clock, number, &[("IM120-4L", code)]);
    let line = perpetual["lines"][0].as_object_mut().unwrap();
    line.remove("term");
    line.insert("licenseType".to_owned(), "perpetual".into());
    line.insert("quantity".to_owned(), 5.into());
    unlock(&world.stack, perpetual).await;
}

impl Offline {
    pub async fn with(capacity: u32) -> Self {
        let world = World::with_fax().await;
        buy(&world, "19/00031", "FAX-P").await;
        let server = world.add_server().await;
        let it = Self { world, server };
        assert_eq!(it.save(capacity).await.status, 200);
        let answer = it.set_mode("offline").await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        it
    }

    /// Another 20 perpetual channels.
    pub async fn buy_more(&self) {
        buy(&self.world, "19/00032", "FAX-Q").await;
    }

    pub async fn save(&self, capacity: u32) -> Answer {
        self.save_on(&self.server, capacity).await
    }

    pub async fn save_on(&self, server: &str, capacity: u32) -> Answer {
        let cell = json!({
            "serverId": server, "application": FAX, "redundancy": false, "licenseType": "perpetual", "capacity": capacity,
        });
        let etag = self.world.view().await.etag.unwrap();
        let body = json!({ "assignments": [cell] });
        self.world.customer.write_at(Method::PUT, &self.world.path("/assignments"), &etag, &body).await.unwrap()
    }

    pub async fn set_mode(&self, mode: &str) -> Answer {
        let path = self.world.path(&format!("/servers/{}", self.server));
        self.world.customer.write(Method::PATCH, &path, &json!({ "mode": mode })).await.unwrap()
    }

    pub async fn token(&self) -> String {
        self.world.token(&self.server).await
    }

    pub async fn upload(&self, request: &str) -> Answer {
        self.write(&self.world.customer, "request", &json!({ "request": request })).await
    }

    pub async fn upload_return(&self, returned: &str) -> Answer {
        self.write(&self.world.customer, "return", &json!({ "return": returned })).await
    }

    pub async fn declare_lost(&self, by: &Session, body: &Value) -> Answer {
        self.write(by, "declare-lost", body).await
    }

    pub async fn write(&self, by: &Session, what: &str, body: &Value) -> Answer {
        by.write(Method::POST, &format!("/v1/servers/{}/offline/{what}", self.server), body).await.unwrap()
    }

    /// Uploads a request that must be answered with a response.
    pub async fn answered(&self, request: &str) -> String {
        let answer = self.upload(request).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["outcome"]), (200, &json!("answered")), "{}", answer.body);
        answer.json()["response"].as_str().unwrap().to_owned()
    }

    pub async fn state(&self) -> Value {
        self.world.customer.get(&format!("/v1/servers/{}/offline", self.server)).await.unwrap().json()
    }

    /// USED LICENSES of the perpetual row.
    pub async fn used(&self) -> u64 {
        self.row().await["used"].as_u64().unwrap()
    }

    pub async fn row(&self) -> Value {
        let rows = self.world.view().await.json()["rows"].as_array().unwrap().clone();
        rows.into_iter().find(|row| row["licenseType"] == "perpetual").unwrap()
    }

    /// An installation without network.
    pub fn app_suite(&self) -> Isolated {
        let folder = tempfile::tempdir().unwrap();
        let mut config = ClientConfig::new("http://127.0.0.1:1", folder.path(), self.world.stack.roots);
        config.marks = Marks::Fixed(vec![("machine", "isolated".to_owned())]);
        let clock = appsuite::Clock::manual(self.world.clock.now());
        Isolated { client: Client::new(config, clock.clone()).unwrap(), clock, _folder: folder }
    }

    /// An installation that holds what is assigned.
    pub async fn installed(&self) -> Isolated {
        let suite = self.app_suite();
        let request = suite.client.offline_request(Some(&self.token().await)).unwrap();
        suite.client.offline_install(&self.answered(&request).await).unwrap();
        suite
    }
}

/// An installation that reaches nothing.
pub struct Isolated {
    pub client: Client,
    pub clock: appsuite::Clock,
    _folder: TempDir,
}

impl Isolated {
    pub fn runs(&self) -> u32 {
        self.client.status().rows.iter().map(|row| row.capacity).sum()
    }

    pub fn request(&self) -> String {
        self.client.offline_request(None).unwrap()
    }

    pub fn refuses(&self, response: &str) -> InstallFault {
        match self.client.offline_install(response) {
            Err(ClientError::Install(fault)) => fault,
            other => panic!("{other:?}"),
        }
    }
}

impl Offline {
    /// A response after a change, so that there is a new one.
    pub async fn answered_again(&self, suite: &Isolated) -> String {
        let capacity = self.row().await["servers"][&self.server].as_u64().unwrap();
        assert_eq!(self.save(u32::try_from(capacity).unwrap() + 1).await.status, 200);
        self.answered(&suite.request()).await
    }
}
