// The License Portal of a deployed stack: a person opens it, signs in at the pool's pages with the code that a mail
// brings, and sees the licences. The browser asks for the names that people type; what serves them here listens on
// loopback and is named in ORIGINS.
import assert from "node:assert/strict";
import { request } from "node:http";
import test, { after, before } from "node:test";

import { launch, newPage } from "./browsers.js";
import { until } from "./until.js";

const portal = setting("PORTAL_URL");
const address = setting("PERSON");
const mailbox = setting("MAILBOX_URL");
const origins = JSON.parse(setting("ORIGINS"));

function setting(name) {
  const value = process.env[name];
  assert.ok(value, `${name} is not set: \`cargo xtask deploy-test\` deploys a stack and sets it`);
  return value;
}

let browser;
before(async () => (browser = await launch("Chromium")));
after(() => browser.close());

test("a person signs in with a mailed code and sees the licences", async (test) => {
  const page = await newPage(browser, test);
  const faults = await atItsNames(page);

  const seen = (await mailsTo(address)).length;
  await page.goto(`${portal}/`);
  await type(page, "input[name=username]", address);
  await (await page.waitForSelector("[name=challenge][value=EMAIL_OTP]")).click();
  const code = await until("a mail with a code", async () => {
    const mails = (await mailsTo(address)).slice(seen);
    return mails.map((mail) => mail.match(/\b\d{6}\b/)).find(Boolean)?.[0];
  });
  await type(page, "input[name=code]", code);

  await page.waitForSelector(".matrix");
  const text = await page.$eval("main", (main) => main.innerText);
  assert.match(text, /IP Fax/);
  assert.equal(new URL(page.url()).origin, portal);
  assert.deepEqual(faults, []);
});

/** Serves a page's requests from where the names lead here; answers what went wrong on it. */
async function atItsNames(page) {
  const faults = [];
  page.on("pageerror", (fault) => faults.push(String(fault)));
  page.on("console", (message) => {
    // The pool's pages have no icon.
    if (message.type() === "error" && !message.text().startsWith("Failed to load resource")) faults.push(message.text());
  });
  await page.setRequestInterception(true);
  page.on("request", async (asked) => {
    const url = new URL(asked.url());
    const served = origins[url.origin];
    if (!served) return url.protocol === "data:" ? asked.continue() : asked.abort();
    asked.respond(await passedOn(new URL(url.pathname + url.search, served), url.host, asked)).catch(() => {});
  });
  return faults;
}

/** The answer of what serves a name. */
function passedOn(url, host, asked) {
  const headers = { ...asked.headers(), host, "x-forwarded-proto": "https", "accept-encoding": "identity" };
  return new Promise((resolve, reject) => {
    const passing = request(url, { method: asked.method(), headers }, async (answer) => {
      const body = Buffer.concat(await answer.toArray());
      resolve({ status: answer.statusCode, headers: answer.headers, body });
    });
    passing.on("error", reject);
    passing.end(asked.postData());
  });
}

/** The texts of the mails to an address, oldest first. */
async function mailsTo(address) {
  const { messages } = await (await fetch(mailbox)).json();
  const mails = Object.values(messages).flat();
  return mails.filter((mail) => mail.To.some((to) => to.includes(address))).map((mail) => `${mail.BodyText}\n${mail.BodyHtml}`);
}

async function type(page, selector, text) {
  const field = await page.waitForSelector(selector);
  await field.type(text);
  await field.press("Enter");
}
