// A server without network, as whoever carries its strings meets it in the portal.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import test, { after, before } from "node:test";

import { Machine } from "./appsuite.js";
import { launch } from "./browsers.js";
import { activate } from "./stack.js";
import { MODE, setOffline, visitorOfServer } from "./portal.js";
import { until } from "./until.js";

const BILLING = "Accounting & Billing";
const FAX = "IP Fax server";

let browser;
before(async () => (browser = await launch("Chromium")));
after(() => browser.close());

test("an AppSuite without network lives by the strings that the portal takes and gives", async (test) => {
  const customer = await visitorOfServer(browser, test, BILLING, 200);
  const token = await customer.token();
  await setOffline(customer);
  const machine = new Machine(test);
  const request = await machine.request(token);

  await carry(customer, mistyped(request));
  await customer.sees(/Line 2 is not right/);
  await carry(customer, request);
  await customer.sees(/The response is ready\. Bring it to the AppSuite/);
  const response = await until("the response", () => customer.page.$eval("textarea[readonly]", (box) => box.value).catch(() => ""));
  assert.match(await machine.install(response), /Installed: response 1\./);
  await customer.press(/^QR code/);
  await customer.page.waitForSelector("svg[role=img]");
  assert.equal(await downloaded(customer, test), response);

  await carry(customer, await machine.request());
  await customer.sees(/Confirmed: the AppSuite runs what is assigned/);
  await customer.sees(/It runs without contact/);
  await carry(customer, await machine.return());
  await customer.sees(/Returned\. What the AppSuite had is free/);
  await customer.page.select(MODE, "online");
  await customer.page.waitForFunction(() => !document.querySelector("#offline-title"));
  customer.assertNoFault();
});

test("going offline is asked first, with the time until which the AppSuite goes on", async (test) => {
  const customer = await visitorOfServer(browser, test, BILLING, 10);
  await activate(await customer.token());
  await customer.sees(/Activation status\s+Active/i);
  const until = (await customer.sees(/Runs without contact until/)).match(/Runs without contact until\s+(.+)/)[1];
  await customer.page.select(MODE, "offline");
  assert.ok((await customer.sees(/Set Server 1 to offline\?/, "dialog")).includes(until));
  await customer.press(/^Cancel/, "dialog");
  await customer.page.waitForFunction(() => !document.querySelector("dialog"));
  assert.equal(await customer.page.$eval(MODE, (mode) => mode.value), "online");
});

test("a server with subscriptions stays online, and the question says why", async (test) => {
  const customer = await visitorOfServer(browser, test, FAX, 4);
  await customer.page.select(MODE, "offline");
  await customer.press(/^Set to offline/i, "dialog");
  await customer.sees(/A server with subscriptions must stay online/, "dialog");
});

async function carry(customer, string) {
  const box = await customer.field(/Request or return string/);
  await box.evaluate((box) => box.focus());
  await customer.page.evaluate((text) => {
    document.activeElement.select();
    document.execCommand("insertText", false, text);
  }, string);
  await customer.press(/^Send$/i);
}

/** With the third character of its second line taken for another. */
function mistyped(string) {
  const lines = string.trim().split("\n");
  const [second] = lines.splice(1, 1);
  const other = second[2] === "A" ? "B" : "A";
  lines.splice(1, 0, second.slice(0, 2) + other + second.slice(3));
  return lines.join("\n");
}

async function downloaded(customer, test) {
  const folder = new Machine(test).folder;
  const client = await customer.page.createCDPSession();
  await client.send("Browser.setDownloadBehavior", { behavior: "allow", downloadPath: folder, browserContextId: customer.page.browserContext().id });
  await customer.press(/^Download response/i);
  const name = `${(await customer.text()).match(/b\d{9}/)[0]}-response.txt`;
  return until("the file", () => {
    try {
      return readFileSync(join(folder, name), "utf8");
    } catch {
      return undefined;
    }
  });
}
