// What the vendor's staff do for a customer that nobody there can do.
import assert from "node:assert/strict";
import test, { after, before } from "node:test";

import { launch } from "./browsers.js";
import { unlockedOrder, Visitor } from "./portal.js";
import { mailsTo } from "./stack.js";
import { until } from "./until.js";

let browser;
before(async () => (browser = await launch("Chromium")));
after(() => browser.close());

/** Staff who look at the people of a customer whose order was unlocked just now. */
async function staffOfCustomer(test, tab = "/people") {
  const order = await unlockedOrder(browser, test);
  const staff = await Visitor.signedIn(browser, test, "vendor@example.com", { path: `/customers/${order.account}${tab}` });
  await staff.sees(/Products for: Final Customer/);
  return { staff, order };
}

const reason = /^Reason/;

test("staff extend the grace with a reason, the customer is told, and the history keeps both", async (test) => {
  const { staff, order } = await staffOfCustomer(test);
  await staff.press(/^Change the grace/);
  await staff.type(/^Days after the term/, "45");
  await staff.press(/^Change$/i, "dialog");
  assert.ok(await staff.page.$("dialog input:invalid"), "nothing is sent without a reason");
  await staff.type(reason, "the renewal is on its way");
  await staff.press(/^Change$/i, "dialog");
  await staff.sees(/Licenses are served for 45 days after their term now/);
  await until("the mail", async () => (await mailsTo(order.customer)).find((text) => text.includes("45 days after")));
  await staff.press(/^History$/);
  assert.match(await staff.sees(/the renewal is on its way/), /45/);
  staff.assertNoFault();
});

test("staff make a manager where the only one has gone", async (test) => {
  const { staff, order } = await staffOfCustomer(test);
  const address = `successor-${order.number.toLowerCase()}@example.com`;
  await staff.press(/^Make a manager$/);
  await staff.type(/^E-mail address/, address);
  await staff.type(reason, "the only manager has left");
  await staff.press(/^Make a manager$/i, "dialog");
  await staff.sees(/is a manager of Final Customer now and gets a mail/);
  await staff.sees(new RegExp(address));
  const successor = await Visitor.signedIn(browser, test, address);
  await successor.sees(/Products for: Final Customer/);
  assert.ok(await successor.control(/Add server/i, "main"));
});

test("staff move a customer to another reseller, whose people alone see it then", async (test) => {
  const { staff, order } = await staffOfCustomer(test);
  await staff.press(/^Move from Imagicle Spa/);
  await staff.type(/^Number of the other reseller/, `R-other-${order.number}`);
  await staff.type(/^Its name/, "Another Reseller");
  await staff.type(reason, "the customer has asked for it");
  await staff.press(/^Move$/i, "dialog");
  await staff.sees(/Another Reseller manages this customer now/);
  const before = await Visitor.signedIn(browser, test, order.reseller);
  assert.doesNotMatch(await before.sees(/\w/), /Final Customer/);
});

test("staff cancel a line, and the calendar says what stops and when", async (test) => {
  const { staff, order } = await staffOfCustomer(test, "/endings");
  await staff.sees(/IP Fax server/);
  const shown = await staff.text();
  assert.match(shown, /Accounting & Billing[^\n]*GOLD/, "the care of the perpetual licences ends");
  await staff.go(`/orders/${order.before.order.orderId}`);
  await staff.press(/^Cancel licenses/);
  // All are chosen first; the second is kept.
  const [, kept] = await staff.page.$$("dialog input[type=checkbox]");
  await kept.click();
  await staff.type(/^Reason/, "returned by the customer");
  await staff.press(/^Cancel these licenses/i, "dialog");
  await staff.sees(/The licenses are cancelled/);
  const told = await until("the mail", async () => (await mailsTo(order.customer)).find((text) => text.includes("returned by the customer")));
  assert.match(told, /LIC1-[\s\S]*Servers run it until/);
  assert.doesNotMatch(told, /LIC2-/, "what was kept");
  staff.assertNoFault();
});
