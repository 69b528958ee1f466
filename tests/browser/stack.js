// A running local stack as its people meet it: the ERP that posts orders, whoever reads the mail, the vendor's staff.
import assert from "node:assert/strict";
import { createHmac, randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { until } from "./until.js";

/** The origin that the stack serves. */
export const baseUrl = setting("BASE_URL");

const STAFF = "vendor@example.com";
const DAY_MS = 24 * 60 * 60 * 1000;
const erpKey = readErpKey(setting("DATA_FOLDER"));

let staffToken;

/** What `cargo xtask` says of the running stack. */
export function setting(name) {
  const value = process.env[name];
  assert.ok(value, `${name} is not set: \`cargo xtask test --only browser\` starts a stack and sets it`);
  return value;
}

function readErpKey(folder) {
  const secrets = JSON.parse(readFileSync(join(folder, "keys/secrets.json"), "utf8"));
  const rings = Object.values(secrets).map((text) => JSON.parse(text));
  const ring = rings.find((ring) => String(ring.keys?.[ring.current]).startsWith("whsec_"));
  return Buffer.from(ring.keys[ring.current].slice("whsec_".length), "base64");
}

/** A locked order of a new customer, and the link that its mail brought. */
export async function lockedOrder() {
  const order = newOrder();
  const answer = await post("/v1/orders", order);
  assert.equal(answer.status, 201, await answer.text());
  const link = await linkOf(order.recipient.email);
  // Its mail was sent; that this is written down as well ends what happens without anybody's doing.
  const before = await until("the receipt of the order's mail", async () => {
    const seen = await asStaffSeesIt(order.number);
    return seen.order.mail.state === "sent" && seen;
  });
  return { number: order.number, link, before };
}

/** Numbers, addresses and licence codes of their own, so that no test meets another's order. */
function newOrder() {
  const own = randomUUID().slice(0, 13);
  const person = (role) => ({ name: "Bernardo Federigi", email: `${role}-${own}@example.com`, language: "en" });
  const day = (days) => new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10);
  const care = { level: "gold", start: day(0), term: day(364) };
  const line = (sku, code) => ({ sku, quantity: 1, licenseCode: `${code}-${own}`, start: day(0), care });
  return {
    type: "purchase",
    number: `B-${own}`,
    revision: 1,
    purchaseOrder: "Hotel pack",
    recipient: person("recipient"),
    distributor: { number: "D-100", name: "Distributore Uno" },
    reseller: { number: `R-${own}`, name: "Imagicle Spa", orderNumber: "OrdNum002", contact: person("reseller") },
    customer: { number: `C-${own}`, name: "Final Customer", country: "IT", contact: person("customer") },
    lines: [
      { ...line("IM120-4L", "LIC1"), licenseType: "subscription", term: day(364) },
      { ...line("IM110-250L", "LIC2"), licenseType: "perpetual" },
    ],
  };
}

/** Posts a document signed by the ERP's key to the Standard Webhooks specification. */
async function post(path, document) {
  const body = JSON.stringify(document);
  const id = `msg_${randomUUID()}`;
  const timestamp = String(Math.floor(Date.now() / 1000));
  const signature = createHmac("sha256", erpKey).update(`${id}.${timestamp}.${body}`).digest("base64");
  const headers = {
    "content-type": "application/json",
    "webhook-id": id,
    "webhook-timestamp": timestamp,
    "webhook-signature": `v1,${signature}`,
  };
  return fetch(baseUrl + path, { method: "POST", headers, body });
}

async function linkOf(address) {
  const [mail] = await until(`a mail to ${address}`, async () => {
    const mails = await mailsTo(address);
    return mails.length > 0 && mails;
  });
  const [link] = mail.match(/http:\/\/[^\s"<]+\/unlock\/[A-Za-z0-9_-]+/);
  return link;
}

/** The texts of the mails to an address. */
export async function mailsTo(address) {
  const list = await (await fetch(`${baseUrl}/local/mailbox`)).text();
  const rows = list.split("<li").filter((row) => row.includes(address));
  const paths = rows.map((row) => row.match(/href="(\/local\/mailbox\/[^"]+)"/)[1]);
  return Promise.all(paths.map(async (path) => (await fetch(`${baseUrl}${path}?view=text`)).text()));
}

/** Sends the mail of an order again, with a new link, as the vendor's staff does. */
export async function sendLinkAgain({ before }) {
  const answer = await askAsStaff(`/v1/orders/${before.order.orderId}/resend`, {
    method: "POST",
    headers: { "content-type": "application/json", "idempotency-key": randomUUID() },
    body: "{}",
  });
  assert.equal(answer.status, 200, await answer.text());
}

/** Asserts that an order is as it was: locked, and nothing recorded. */
export async function assertUntouched({ number, link, before }) {
  assert.equal(before.order.status, "locked");
  assert.deepEqual(await asStaffSeesIt(number), before);
  const page = await (await fetch(link)).text();
  assert.match(page, /<button[^>]+value="unlock"/);
}

/** Asserts that an order is unlocked. */
export async function assertUnlocked({ number }) {
  const { order } = await asStaffSeesIt(number);
  assert.equal(order.status, "unlocked");
}

/** Everything that the vendor's staff is told of an order. */
export async function asStaffSeesIt(number) {
  const answer = await askAsStaff(`/v1/orders?number=${encodeURIComponent(number)}`);
  assert.equal(answer.status, 200);
  return answer.json();
}

async function askAsStaff(path, { headers, ...request } = {}) {
  staffToken ??= await tokenOf(STAFF);
  return fetch(baseUrl + path, { ...request, headers: { ...headers, authorization: `Bearer ${staffToken}` } });
}

async function tokenOf(email) {
  const body = new URLSearchParams({ email });
  const answer = await fetch(`${baseUrl}/local/openid/bearer`, { method: "POST", body });
  return (await answer.text()).match(/<textarea[^>]*>([^<]+)<\/textarea>/)[1].trim();
}

/** Checks in as an ApplicationSuite on a machine with these marks; answers the signed document. */
export async function activate(token, marks = ["machine", "host", "board", "network"]) {
  const body = {
    attempt: randomUUID().replaceAll("-", ""),
    traits: marks.map((mark) => createHmac("sha256", mark).update("mark").digest("base64url").slice(0, 16)),
    publicKey: "A".repeat(43),
    appSuiteVersion: "2026.2",
    clock: new Date().toISOString(),
    keySet: 0,
  };
  const headers = { "content-type": "application/json", authorization: `Bearer ${token}` };
  const answer = await fetch(`${baseUrl}/v1/check-in`, { method: "POST", headers, body: JSON.stringify(body) });
  assert.equal(answer.status, 200, await answer.clone().text());
  return (await answer.json()).document;
}
