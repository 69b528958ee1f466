//! What people and installations do in the sample world.

use jiff::civil::Date;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::customers::{CUSTOMERS, RESELLERS, address};
use super::orders;
use super::remote::{Remote, expect};
use super::stories::{Cell, Then};
use super::{SampleError, unexpected};
use crate::visitor::Session;

/// Customers that have invited colleagues, and which of them has come.
const INVITED: [(usize, &str, &str, bool); 4] = [
    (0, "Irene Galimberti", "manager", true),
    (0, "Ufficio Tecnico", "viewer", false),
    (1, "Fabio Ottaviani", "viewer", false),
    (8, "Pilar Castellano", "manager", true),
];

/// A moment in which customers settle, with the resellers that help them.
pub(super) struct Settling<'a> {
    remote: &'a Remote<'a>,
    today: Date,
    resellers: Vec<Session>,
}

impl<'a> Settling<'a> {
    pub(super) async fn begin(remote: &'a Remote<'a>, today: Date) -> Result<Self, SampleError> {
        let mut resellers = Vec::new();
        for reseller in &RESELLERS {
            resellers.push(remote.sign_in(&address(reseller.contact)).await?);
        }
        Ok(Self { remote, today, resellers })
    }

    /// A customer's order is unlocked, and its reseller does the rest.
    pub(super) async fn customer(&self, index: usize) -> Result<(), SampleError> {
        self.remote.unlock(&orders::number(index)).await?;
        let (reseller, story) = (&self.resellers[orders::reseller(index)], orders::story(index));
        let account = account(reseller, index).await?;
        let mut servers = Vec::new();
        for name in &story.servers {
            let added = reseller.write(Method::POST, &format!("{account}/servers"), &json!({ "name": name })).await?;
            let added = expect("add a server", added, StatusCode::CREATED)?.json();
            servers.push(added["serverId"].as_str().unwrap_or_default().to_owned());
        }
        if !story.cells.is_empty() {
            save(reseller, &account, &servers, &story.cells).await?;
        }
        for server in &servers[..story.active] {
            self.remote.activate(server, "one", &token(reseller, server).await?).await?;
        }
        match (story.then, servers.first(), servers.last()) {
            (Then::SecondInstallation, Some(first), _) => {
                self.remote.activate(first, "two", &token(reseller, first).await?).await
            }
            (Then::Disable, _, Some(last)) => {
                let path = format!("{account}/servers/{last}/disable");
                let disabled = reseller.write(Method::POST, &path, &json!({})).await?;
                expect("disable a server", disabled, StatusCode::OK).map(drop)
            }
            _ => Ok(()),
        }
    }

    /// Installations of the past go on until today, where their servers are not disabled.
    pub(super) async fn until_today(&self, index: usize) -> Result<(), SampleError> {
        let reseller = &self.resellers[orders::reseller(index)];
        let view = reseller.get(&account(reseller, index).await?).await?.json();
        let active = view["servers"].as_array().into_iter().flatten().filter(|server| server["status"] == "active");
        for server in active.filter_map(|server| server["serverId"].as_str()) {
            self.remote.check_in(server, "one").await?;
        }
        Ok(())
    }

    /// Colleagues are invited, another reseller sells something, and some orders wait.
    pub(super) async fn people_and_late_orders(&self) -> Result<(), SampleError> {
        for (index, name, role, comes) in INVITED {
            let customer = self.remote.sign_in(&address(CUSTOMERS[index].contact)).await?;
            let members = format!("{}/members", account(&customer, index).await?);
            let invitation = json!({ "name": name, "email": address(name), "role": role });
            let invited = customer.write(Method::POST, &members, &invitation).await?;
            expect("invite a colleague", invited, StatusCode::CREATED)?;
            if comes {
                let colleague = self.remote.sign_in(&address(name)).await?;
                expect("come after an invitation", colleague.get(&members).await?, StatusCode::OK)?;
            }
        }
        self.remote.order(&orders::of_another_reseller(self.today)).await?;
        self.remote.unlock(orders::OF_ANOTHER_RESELLER.0).await?;
        for order in orders::locked(self.today) {
            self.remote.order(&order).await?;
        }
        Ok(())
    }
}

/// The path of a customer's account, as somebody who may see it finds it.
async fn account(session: &Session, index: usize) -> Result<String, SampleError> {
    let number = orders::customer_number(index);
    let mut cursor = String::new();
    loop {
        let page = session.get(&format!("/v1/accounts?query={number}{cursor}")).await?;
        let page = expect("find an account", page, StatusCode::OK)?.json();
        let found = page["accounts"].as_array().into_iter().flatten();
        let found = found.into_iter().find(|account| account["customer"]["number"] == number.as_str());
        if let Some(id) = found.and_then(|account| account["accountId"].as_str()) {
            return Ok(format!("/v1/accounts/{id}"));
        }
        let next = page["nextCursor"].as_str().ok_or_else(|| unexpected("find an account", number.as_str()))?;
        cursor = format!("&cursor={next}");
    }
}

async fn save(reseller: &Session, account: &str, servers: &[String], cells: &[Cell]) -> Result<(), SampleError> {
    let view = expect("read an account", reseller.get(account).await?, StatusCode::OK)?;
    let cell = |cell: &Cell| {
        json!({
            "serverId": servers[cell.server],
            "application": cell.application,
            "redundancy": cell.redundancy,
            "licenseType": if cell.perpetual { "perpetual" } else { "subscription" },
            "capacity": cell.capacity,
        })
    };
    let body = json!({ "assignments": cells.iter().map(cell).collect::<Vec<Value>>() });
    let etag = view.etag.unwrap_or_default();
    let saved = reseller.write_at(Method::PUT, &format!("{account}/assignments"), &etag, &body).await?;
    expect("save a configuration", saved, StatusCode::OK).map(drop)
}

async fn token(reseller: &Session, server: &str) -> Result<String, SampleError> {
    let shown = expect("show a token", reseller.get(&format!("/v1/servers/{server}/token")).await?, StatusCode::OK)?;
    let token = shown.json()["token"].as_str().map(str::to_owned);
    token.ok_or_else(|| unexpected("show a token", shown.body))
}
