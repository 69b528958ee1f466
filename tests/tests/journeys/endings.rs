//! What ends: people are reminded in time, once, and not of what was renewed.

use http_api::Clock;
use jiff::civil::Date;
use jiff::{SignedDuration, ToSpan};
use licensing::grant::{Term, utc_day, utc_midnight};
use licensing::id::{AccountId, PersonId};
use local::{Browser, Mail, MailPart, Press, Stack, StackConfig};
use reqwest::Method;
use serde_json::json;
use table::Transaction;

use crate::world::{CUSTOMER, RECIPIENT, World, order, refused};

/// A world in which nothing happens by itself: mails are delivered and days are passed by the test.
async fn still_world() -> World {
    let clock = Clock::manual("2026-11-24T09:00:00Z".parse().unwrap());
    let config = StackConfig { background: false, ..StackConfig::in_memory(clock.clone()) };
    let stack = Stack::start(config).await.unwrap();
    let answer = stack.erp.post("/v1/orders", order(&clock, "19/00021", &[("IM120-4L", "FAX1")]).to_string()).await;
    assert_eq!(answer.unwrap().status, 201);
    stack.deliver_mail().await;
    let link = stack.mailbox.to(RECIPIENT)[0].links().into_iter().find(|link| link.contains("/unlock/")).unwrap();
    let browser = Browser::new(&stack).unwrap();
    let page = browser.open(&link).await.unwrap();
    assert_eq!(browser.press(&page, &link, "unlock", &[], Press::Told).await.unwrap().status, 303);
    stack.deliver_mail().await;
    let customer = Browser::new(&stack).unwrap().sign_in(&stack, CUSTOMER).await.unwrap();
    let accounts = customer.get("/v1/accounts").await.unwrap().json();
    let account = accounts["accounts"][0]["accountId"].as_str().unwrap().to_owned();
    Digests::clear(&stack);
    World { stack, clock, customer, account }
}

/// The mails that people get of what ends.
struct Digests;

impl Digests {
    fn clear(stack: &Stack) {
        assert!(Self::of(stack, CUSTOMER).is_empty() && Self::of(stack, RECIPIENT).is_empty());
    }

    fn of(stack: &Stack, address: &str) -> Vec<(Date, String)> {
        let text = |mail: &Mail| mail.part(MailPart::Text).unwrap();
        let digest = |mail: &&std::sync::Arc<Mail>| {
            mail.part(MailPart::Text).is_some_and(|text| text.contains("Che cosa scade"))
        };
        let mails = stack.mailbox.to(address);
        mails.iter().filter(digest).map(|mail| (utc_day(mail.envelope.received), text(mail))).collect()
    }

    fn days(stack: &Stack, address: &str) -> Vec<Date> {
        Self::of(stack, address).into_iter().map(|(day, _)| day).collect()
    }
}

/// A day as it passes: accounts are looked at, mails are delivered, and two hours later once more.
async fn pass_day(world: &World, runs: bool) {
    if runs {
        world.stack.advance().await;
    }
    world.stack.deliver_mail().await;
    world.clock.advance(SignedDuration::from_hours(2));
    world.stack.deliver_mail().await;
    world.clock.advance(SignedDuration::from_hours(22));
}

/// The last day of the one grant.
async fn last_day(world: &World) -> Date {
    let row = world.signed_in().await.get(&world.path("")).await.unwrap().json()["rows"][0].clone();
    row["termDate"].as_str().unwrap_or_else(|| panic!("{row}")).parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_year_passes_and_people_are_reminded_on_the_right_days() {
    let world = still_world().await;
    let end = last_day(&world).await;
    let before = |days: i64| end.checked_sub(days.days()).unwrap();
    while utc_day(world.clock.now()) < end.checked_add(60.days()).unwrap() {
        pass_day(&world, true).await;
    }
    let expected = [before(90), before(30), before(7), before(-1)];
    assert_eq!(Digests::days(&world.stack, CUSTOMER), expected);
    let monday = |day: Date| {
        let days = (8 - i64::from(day.weekday().to_monday_one_offset())) % 7;
        day.checked_add(days.days()).unwrap()
    };
    assert_eq!(Digests::days(&world.stack, RECIPIENT), [monday(before(90)), monday(before(30))]);
    let (_, text) = Digests::of(&world.stack, CUSTOMER).remove(0);
    assert!(text.contains("IP Fax server") && text.contains("in tolleranza fino al"), "{text}");
    world.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn days_of_outage_are_caught_up_and_nothing_is_told_twice() {
    let world = still_world().await;
    let end = last_day(&world).await;
    let before = |days: i64| end.checked_sub(days.days()).unwrap();
    while utc_day(world.clock.now()) < end.checked_add(40.days()).unwrap() {
        let today = utc_day(world.clock.now());
        let outage = (before(92)..before(80)).contains(&today) || (before(31)..before(26)).contains(&today);
        pass_day(&world, !outage).await;
    }
    assert_eq!(Digests::days(&world.stack, CUSTOMER), [before(80), before(26), before(7), before(-1)]);
    world.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_calendar_says_which_server_loses_what_and_a_renewal_takes_it_off() {
    let world = still_world().await;
    let end = last_day(&world).await;
    let server = world.add_server().await;
    assert_eq!(world.save(&[(&server, "IP Fax server", 3)]).await.status, 200);
    let endings = async || world.customer.get(&world.path("/endings")).await.unwrap().json()["endings"].clone();
    let said = endings().await;
    let [term, grace] = said.as_array().unwrap().as_slice() else { panic!("{said}") };
    let grace_ends = end.checked_add(30.days()).unwrap().to_string();
    assert_eq!((&term["what"], &term["lastDay"], &term["capacity"]), (&"term".into(), &json!(end), &4.into()));
    assert_eq!((&term["graceLastDay"], &term["losses"]), (&json!(grace_ends), &json!([])));
    assert_eq!((&grace["what"], &grace["lastDay"]), (&"grace".into(), &json!(grace_ends)));
    assert_eq!(grace["losses"], json!([{ "serverId": server, "before": 3, "after": 0 }]));
    renew(&world, end).await;
    let renewed = endings().await;
    assert_eq!(renewed[0]["lastDay"], json!(end.checked_add(1.year()).unwrap()), "{renewed}");
    world.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_unsubscribes_by_one_press_but_no_scanner_does() {
    let world = still_world().await;
    let end = last_day(&world).await;
    let jump_to = async |days: i64| jump_to(&world, end, days).await;
    assert_eq!(jump_to(90).await, 1);
    let mails = world.stack.mailbox.to(CUSTOMER);
    let mail = mails.iter().find(|mail| mail.header("List-Unsubscribe").is_some()).unwrap();
    assert_eq!(mail.header("List-Unsubscribe-Post").unwrap().trim(), "List-Unsubscribe=One-Click");
    let header = mail.header("List-Unsubscribe").unwrap();
    let link = header.trim().trim_start_matches('<').trim_end_matches('>').to_owned();
    assert!(mail.part(MailPart::Text).unwrap().contains(&link), "the mail shows the link as well");
    let browser = Browser::new(&world.stack).unwrap();
    let page = browser.open(&link).await.unwrap();
    let nonce = page.form("unsubscribe").unwrap()["nonce"].clone();
    // What a scanner does.
    browser.send(browser.request(Method::HEAD, &link)).await.unwrap();
    for fields in [
        vec![],
        vec![("nonce", nonce.as_str())],
        vec![("press", "unsubscribe")],
        vec![("press", "unlock"), ("nonce", &nonce)],
    ] {
        let sent = browser.request(Method::POST, &link).form(&fields).header("sec-fetch-user", "?1");
        assert_eq!(browser.send(sent).await.unwrap().status, 200);
    }
    let untold = browser.press(&page, &link, "unsubscribe", &[], Press::Untold).await.unwrap();
    assert!(untold.body.contains("type=\"checkbox\""));
    assert!(browser.open(&link).await.unwrap().form("unsubscribe").is_some(), "nothing has changed");
    // What a mail program does when its reader presses its own button, in both encodings.
    let one_click = browser.request(Method::POST, &link).form(&[("List-Unsubscribe", "One-Click")]);
    assert_eq!(browser.send(one_click).await.unwrap().status, 200);
    let page = browser.open(&link).await.unwrap();
    assert!(page.form("unsubscribe").is_none() && page.form("subscribe").is_some());
    assert_eq!(jump_to(30).await, 1, "they get no more of them");
    let again = browser.press(&page, &link, "subscribe", &[], Press::Told).await.unwrap();
    assert!(again.form("subscribe").is_some(), "the page was open for too long");
    let again = browser.press(&again, &link, "subscribe", &[], Press::Told).await.unwrap();
    assert!(again.form("unsubscribe").is_some(), "{}", again.body);
    assert_eq!(jump_to(7).await, 2);
    let parts = "--x\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--x--\r\n";
    let multipart = browser.request(Method::POST, &link).header("content-type", "multipart/form-data; boundary=x");
    assert_eq!(browser.send(multipart.body(parts)).await.unwrap().status, 200);
    assert_eq!(jump_to(-1).await, 2);
    // Who lost the end of the link is told so, and an order's link opens no subscription.
    for wrong in [link.trim_end_matches(|c| c != '/').to_owned() + "cut", link[..link.len() - 1].to_owned()] {
        assert_eq!(browser.open(&wrong).await.unwrap().status, 404);
    }
    world.stack.stop().await;
}

/// Lets the day pass that is so many days before the end; how many digests the customer has by then.
async fn jump_to(world: &World, end: Date, days: i64) -> usize {
    let day = end.checked_sub(days.days()).unwrap();
    world.clock.advance(utc_midnight(day).duration_since(world.clock.now()) + SignedDuration::from_hours(9));
    pass_day(world, true).await;
    Digests::of(&world.stack, CUSTOMER).len()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_switches_reminders_in_the_portal_and_the_trail_tells_how() {
    let world = still_world().await;
    let end = last_day(&world).await;
    let change = async |topic: &str, key: &str, wanted: bool| {
        let customer = world.signed_in().await;
        let request = customer.request_again(Method::PUT, &format!("/v1/me/reminders/{topic}"), key);
        customer.send(request.json(&json!({ "wanted": wanted }))).await.unwrap()
    };
    let wanted = async || world.signed_in().await.get("/v1/me").await.unwrap().json()["reminders"].clone();
    let said =
        |own: bool| json!([{ "topic": "ownEndings", "wanted": own }, { "topic": "customersEndings", "wanted": true }]);
    assert_eq!(wanted().await, said(true));
    let off = change("ownEndings", "one", false).await;
    assert_eq!((off.status.as_u16(), off.json()), (200, json!({ "topic": "ownEndings", "wanted": false })));
    assert_eq!(change("ownEndings", "one", false).await.body, off.body, "the same request again");
    assert_eq!(change("ownEndings", "two", false).await.body, off.body, "nothing is to be changed");
    refused(&change("ownEndings", "one", true).await, 422, "idempotency_key_reused");
    refused(&change("weather", "three", false).await, 404, "not_found");
    assert_eq!(wanted().await, said(false));
    assert_eq!(jump_to(&world, end, 90).await, 0, "they get none");

    assert_eq!(change("ownEndings", "four", true).await.status, 200);
    assert_eq!(jump_to(&world, end, 30).await, 1);
    let mails = world.stack.mailbox.to(CUSTOMER);
    let header = mails.iter().find_map(|mail| mail.header("List-Unsubscribe")).unwrap();
    let link = header.trim().trim_start_matches('<').trim_end_matches('>').to_owned();
    let browser = Browser::new(&world.stack).unwrap();
    let one_click = browser.request(Method::POST, &link).form(&[("List-Unsubscribe", "One-Click")]);
    assert_eq!(browser.send(one_click).await.unwrap().status, 200);
    assert_eq!(wanted().await, said(false), "by the link");

    let me = world.signed_in().await.get("/v1/me").await.unwrap().json();
    let person = PersonId::parse(me["person"]["personId"].as_str().unwrap()).unwrap();
    let trail = world.table().audit(table::key::person_partition(person), None, 10).await.unwrap().items;
    let told: Vec<_> = trail.iter().map(|entry| (entry.action.as_str(), entry.details["wanted"].as_bool())).collect();
    let expected =
        [("changeSubscription", Some(false)), ("changeReminder", Some(true)), ("changeReminder", Some(false))];
    assert_eq!(told, expected);
    world.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_renewed_is_told_no_more() {
    let world = still_world().await;
    let end = last_day(&world).await;
    let before = |days: i64| end.checked_sub(days.days()).unwrap();
    while utc_day(world.clock.now()) < before(30) {
        pass_day(&world, true).await;
    }
    assert_eq!(Digests::days(&world.stack, CUSTOMER), [before(90)]);
    // Found, but renewed before the mail was sent.
    world.stack.advance().await;
    world.stack.deliver_mail().await;
    renew(&world, end).await;
    while utc_day(world.clock.now()) < end.checked_add(60.days()).unwrap() {
        pass_day(&world, true).await;
    }
    assert_eq!(Digests::days(&world.stack, CUSTOMER), [before(90)]);
    world.stack.stop().await;
}

/// Gives every grant another year.
async fn renew(world: &World, end: Date) {
    let table = world.table();
    let stored = table.account(AccountId::new(world.account.parse().unwrap())).await.unwrap().unwrap();
    let read = stored.state.version;
    let mut account = stored.state.clone();
    account.version += 1;
    for grant in account.pools.iter_mut().flat_map(|pool| &mut pool.grants) {
        let (start, term) = (end.tomorrow().unwrap(), end.checked_add(1.year()).unwrap());
        let capacity = grant.terms[0].capacity;
        grant.terms.push(Term { capacity, start, term: Some(term) });
        for care in &mut grant.care {
            care.term = term;
        }
    }
    let mut transaction = Transaction::new();
    transaction.put_account(&stored.with(account), read, world.clock.now());
    transaction.commit(&table, "renew").await.unwrap();
}
