// The License Portal as people meet it: they sign in, read tables, type numbers and press buttons by what these say.
import assert from "node:assert/strict";

import { led, newPage } from "./browsers.js";
import { asStaffSeesIt, baseUrl, lockedOrder } from "./stack.js";
import { until } from "./until.js";

/** Where a server's mode is chosen. */
export const MODE = "select[aria-labelledby=server-mode]";

/** Somebody in a browser of their own, who has signed in and sees a screen. */
export class Visitor {
  constructor(page) {
    this.page = page;
    this.faults = [];
    page.on("pageerror", (fault) => this.faults.push(String(fault)));
    page.on("console", (message) => {
      // A refusal shows in the console as a resource that failed; the screens say it in words.
      if (message.type() === "error" && !message.text().startsWith("Failed to load resource")) this.faults.push(message.text());
    });
  }

  /** Opens the portal and signs in with an address. */
  static async signedIn(browser, test, email, { language = "en", dark = false, path = "/" } = {}) {
    const page = await newPage(browser, test);
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: dark ? "dark" : "light" }]);
    await page.evaluateOnNewDocument((language) => localStorage.setItem("language", language), language);
    const visitor = new Visitor(page);
    await visitor.signIn(email, path);
    return visitor;
  }

  async signIn(email, path = "/") {
    await this.page.goto(baseUrl + path);
    const address = await this.page.waitForSelector("input[type=email]");
    await address.type(email);
    await address.press("Enter");
    await this.page.waitForSelector("header select");
    await this.sees(/./);
  }

  /** What the screen says. */
  async text() {
    return this.page.$eval("main", (main) => main.innerText);
  }

  /** Waits until the screen says this. */
  async sees(pattern, where = "main") {
    return until(`${pattern} on the screen`, async () => {
      const text = await this.page.$eval(where, (element) => element.innerText).catch(() => "");
      return pattern.test(text) && text;
    });
  }

  /** Presses the button or link that says this, the first that can be pressed. */
  async press(label, where = "body") {
    const found = await until(`a button ${label}`, () => this.control(label, where));
    await found.click();
  }

  async control(label, where) {
    for (const candidate of await this.page.$$(`${where} :is(button, a, summary)`)) {
      const says = await candidate.evaluate((element) =>
        element.disabled || !element.checkVisibility() ? "" : `${element.innerText}\n${element.getAttribute("aria-label") ?? ""}`,
      );
      if (says && says.split("\n").some((line) => label.test(line.trim()))) return candidate;
    }
    return undefined;
  }

  /** The field whose label is this. */
  async field(label) {
    return until(`a field ${label}`, async () => {
      for (const input of await this.page.$$("input, select, textarea")) {
        const name = await input.evaluate((element) => element.getAttribute("aria-label") ?? element.labels?.[0]?.innerText ?? "");
        if (label.test(name)) return input;
      }
      return undefined;
    });
  }

  /** Types over a field. */
  async type(label, text) {
    const field = await this.field(label);
    await field.click({ count: 3 });
    await field.type(text);
    return field;
  }

  /** The number in a cell of the licence table. */
  async cell(row, server) {
    const field = await this.field(new RegExp(`^${row} (on|su) ${server}$`));
    return field.evaluate((input) => input.value);
  }

  /** USED LICENSES of a row, such as "3 / 4". */
  async used(row) {
    return this.page.$$eval(".matrix tbody tr", (rows, row) => {
      const found = rows.find((candidate) => candidate.querySelector("th")?.innerText.includes(row));
      return found?.querySelector("td.number span")?.innerText;
    }, row);
  }

  /** Goes to another screen of the portal as a link of it would. */
  async go(path) {
    await this.page.evaluate((path) => {
      history.pushState(null, "", path);
      dispatchEvent(new PopStateEvent("popstate"));
    }, path);
  }

  /** The server's token that the screen shows. */
  async token() {
    return until("the token", async () => (await this.text()).match(/b\d{9}\|[0-9a-z]+/)?.[0]);
  }

  assertNoFault() {
    assert.deepEqual(this.faults, []);
  }
}

/** An unlocked order, as the vendor's staff saw it before, with its people by their roles. */
export async function unlockedOrder(browser, test) {
  const order = await lockedOrder();
  const page = await newPage(browser, test);
  await page.goto(order.link);
  await led(page, () => page.click("button[value=unlock]"));
  await page.close();
  const { accountId: account } = await asStaffSeesIt(order.number);
  return { ...order, account, customer: order.before.customerContact.email, reseller: order.before.resellerContact.email };
}

/** Sets the server that is shown to offline. */
export async function setOffline(visitor) {
  await visitor.page.select(MODE, "offline");
  await visitor.press(/^(Set to offline|Imposta offline)/i, "dialog");
  await visitor.page.waitForSelector("#offline-title");
}

/** A customer who looks at a server that has all of one row. */
export async function visitorOfServer(browser, test, row, capacity, language = "en") {
  const order = await unlockedOrder(browser, test);
  const customer = await Visitor.signedIn(browser, test, order.customer, { language });
  await customer.press(/Add server|Aggiungi server/);
  await customer.sees(/Server 1/);
  await customer.type(new RegExp(`^${row} (on|su) Server 1`), String(capacity));
  await customer.press(/^(Save config|Salva)/i);
  await customer.sees(/Saved\.|Salvat/);
  await customer.press(/^Server 1/);
  return customer;
}
