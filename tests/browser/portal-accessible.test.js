// Every screen of the portal, in both languages, both themes and two widths.
import assert from "node:assert/strict";
import test, { after, before, describe } from "node:test";

import { violations } from "./accessible.js";
import { launch } from "./browsers.js";
import { Machine } from "./appsuite.js";
import { setOffline, unlockedOrder, Visitor, visitorOfServer } from "./portal.js";

const LANGUAGES = {
  en: {
    add: /Add server/,
    server: /^Server 1/,
    endings: /^What ends$/,
    orders: /^Orders$/,
    people: /^People$/,
    history: /^History$/,
    title: /Products for/,
    lost: /^Declare lost/,
    orderActs: [/^Send the link again/, /^Correct the recipient/, /^Lock again/, /^Cancel licenses/],
    customerActs: [/^Change the grace/, /^Make a manager$/, /^Move from/, /^Make a manager of/],
  },
  it: {
    add: /Aggiungi server/,
    server: /^Server 1/,
    endings: /^Scadenze$/,
    orders: /^Ordini$/,
    people: /^Persone$/,
    history: /^Cronologia$/,
    title: /Prodotti per/,
    lost: /^Dichiara persa/,
    orderActs: [/^Invia di nuovo il link/, /^Correggi il destinatario/, /^Blocca di nuovo/, /^Annulla licenze/],
    customerActs: [/^Modifica la tolleranza/, /^Nomina un gestore$/, /^Passa da/, /^Nomina un gestore di/],
  },
};

let browser;
before(async () => (browser = await launch("Chromium")));
after(() => browser.close());

for (const [language, words] of Object.entries(LANGUAGES)) {
  describe(`axe finds nothing wrong, in ${language}`, () => {
    test("with what a customer sees", async (test) => {
      const { before: order } = await unlockedOrder(browser, test);
      const visitor = await Visitor.signedIn(browser, test, order.customerContact.email, { language });
      await visitor.sees(words.title);
      await visitor.press(words.add);
      await visitor.sees(/Server 1/);
      const open = await visitor.page.$(".open");
      await open.click();
      await visitor.sees(/LIC/);
      assert.deepEqual(await violations(visitor.page), [], "licences");
      for (const screen of ["endings", "orders", "people", "history"]) {
        await visitor.press(words[screen]);
        await visitor.sees(/\d/);
        assert.deepEqual(await violations(visitor.page), [], screen);
      }
      for (let back = 0; back < 4; back++) await visitor.page.goBack();
      await visitor.press(words.server);
      await visitor.sees(/Online/);
      assert.deepEqual(await violations(visitor.page), [], "server");
      visitor.assertNoFault();
    });

    test("with what the vendor's staff sees", async (test) => {
      const { before: order, account } = await unlockedOrder(browser, test);
      const visitor = await Visitor.signedIn(browser, test, "vendor@example.com", { language });
      await visitor.sees(/Final Customer/);
      assert.deepEqual(await violations(visitor.page), [], "customers");
      for (const path of ["/mails", "/events", `/orders/${order.order.orderId}`]) {
        await visitor.go(path);
        await visitor.sees(/\w/);
        await visitor.page.waitForNetworkIdle();
        assert.deepEqual(await violations(visitor.page), [], path);
      }
      await assertDialogs(visitor, words.orderActs);
      await visitor.go(`/customers/${account}/people`);
      await assertDialogs(visitor, words.customerActs);
      visitor.assertNoFault();
    });

    test("with a server that goes offline", async (test) => {
      const visitor = await visitorOfServer(browser, test, "Accounting & Billing", 20, language);
      const token = await visitor.token();
      await setOffline(visitor);
      await (await visitor.page.$("textarea")).type(await new Machine(test).request(token));
      await visitor.page.click("form button[type=submit]");
      await visitor.page.waitForSelector("textarea[readonly]");
      await visitor.press(/^(QR code|Codice QR)/);
      await visitor.page.waitForSelector("svg[role=img]");
      assert.deepEqual(await violations(visitor.page), [], "its strings");
      await visitor.press(words.lost);
      await visitor.page.waitForSelector("dialog");
      assert.deepEqual(await violations(visitor.page), [], "its loss");
      visitor.assertNoFault();
    });

    test("with who is member of nothing", async (test) => {
      const visitor = await Visitor.signedIn(browser, test, "stranger@example.com", { language });
      await visitor.sees(/stranger@example\.com/);
      assert.deepEqual(await violations(visitor.page), []);
    });
  });
}

/** Opens what each button opens and leaves it with Escape. */
async function assertDialogs(visitor, buttons) {
  for (const button of buttons) {
    await visitor.press(button, "main");
    await visitor.page.waitForSelector("dialog[open]");
    assert.deepEqual(await violations(visitor.page), [], String(button));
    await visitor.page.keyboard.press("Escape");
    await visitor.page.waitForFunction(() => !document.querySelector("dialog"));
  }
}
