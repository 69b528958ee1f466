//! From the order to the token.

use http_api::Clock;
use local::{Browser, Press, Stack, StackConfig};
use reqwest::Method;
use serde_json::{Value, json};

use crate::Outcome;
use crate::customer::{Customer, order, post, unlock};
use crate::meter::Table;
use crate::thread::FunctionThread;

const FAX: &str = "IP Fax server";

/// Measures every step of people and ERP.
pub async fn measure(functions: &FunctionThread, repetitions: u32, table: &mut Table) -> Outcome {
    let clock = Clock::manual("2026-11-24T09:00:00Z".parse()?);
    let config = StackConfig { functions_on: Some(functions.handle()), ..StackConfig::in_memory(clock.clone()) };
    let stack = Stack::start(config).await?;
    orders(&stack, functions, &clock, repetitions, table).await?;
    portal(&stack, functions, &clock, repetitions, table).await?;
    stack.stop().await;
    Ok(())
}

/// Orders of customers of their own; the mails are sent meanwhile, so a step waits until its mail is out.
async fn orders(
    stack: &Stack,
    functions: &FunctionThread,
    clock: &Clock,
    repetitions: u32,
    table: &mut Table,
) -> Outcome {
    let on = (stack, functions);
    let skus = ["IM120-4L".to_owned(), "IM110-250L".to_owned()];
    let orders: Vec<Value> = (0..Table::numbers(repetitions))
        .map(|number| order(clock, &format!("B-{number}"), &format!("customer{number}"), &skus))
        .collect();
    let mut links = Vec::new();
    table
        .measure("order of two lines, its mail sent", on, repetitions, async |number| {
            links.push(post(stack, &orders[number as usize]).await?);
            Ok(())
        })
        .await?;
    table
        .measure("the same order again", on, repetitions, async |number| {
            let answer = stack.erp.post("/v1/orders", orders[number as usize].to_string()).await?;
            if answer.status == 200 { Ok(()) } else { Err(answer.body.into()) }
        })
        .await?;
    let browser = Browser::new(stack)?;
    let mut pages = Vec::new();
    table
        .measure("the order's page", on, repetitions, async |number| {
            pages.push(browser.open(&links[number as usize]).await?);
            Ok(())
        })
        .await?;
    table
        .measure("UNLOCK NOW, a new account, its mails sent", on, repetitions, async |number| {
            let (page, link) = (&pages[number as usize], &links[number as usize]);
            let pressed = browser.press(page, link, "unlock", &[], Press::Told).await?;
            let email = format!("customer{number}@example.com");
            let told = stack.mailbox.wait_for(std::time::Duration::from_secs(30), |mail| mail.is_to(&email)).await;
            if pressed.status == 303 && told.is_some() { Ok(()) } else { Err(pressed.body.into()) }
        })
        .await
}

async fn portal(
    stack: &Stack,
    functions: &FunctionThread,
    clock: &Clock,
    repetitions: u32,
    table: &mut Table,
) -> Outcome {
    let (on, browser) = ((stack, functions), Browser::new(stack)?);
    let skus = vec!["IM120-4L".to_owned(); 25];
    unlock(&browser, &post(stack, &order(clock, "PORTAL", "portal", &skus)).await?).await?;
    let customer = Customer::of(stack, &browser, "portal").await?;
    let session = customer.session(stack, &browser);
    let server = customer.add_server(&session).await?;
    let mut version = version(&session.get(&customer.path("")).await?.json())?;
    table
        .measure("SAVE CONFIG, one number of one server", on, repetitions, async |number| {
            customer.save_at(&session, &format!("\"{version}\""), &server, FAX, 1 + number % 50).await?;
            version += 1;
            Ok(())
        })
        .await?;
    table
        .measure("the licence table", on, repetitions, async |_| {
            session.get(&customer.path("")).await.map(drop).map_err(Into::into)
        })
        .await?;
    table
        .measure("the list of accounts", on, repetitions, async |_| {
            session.get("/v1/accounts").await.map(drop).map_err(Into::into)
        })
        .await?;
    table
        .measure("show the token", on, repetitions, async |_| customer.token(&session, &server).await.map(drop))
        .await?;
    table
        .measure("a new token", on, repetitions, async |_| {
            let made = session.write(Method::POST, &format!("/v1/servers/{server}/token"), &json!({})).await?;
            if made.status == 200 { Ok(()) } else { Err(made.body.into()) }
        })
        .await
}

fn version(view: &Value) -> Outcome<u64> {
    Ok(view["version"].as_u64().ok_or("there is no version")?)
}
