// Every screen of the portal, in both languages, both themes and two widths.
import assert from "node:assert/strict";
import test, { after, before, describe } from "node:test";

import { violations } from "./accessible.js";
import { launch } from "./browsers.js";
import { unlockedOrder, Visitor } from "./portal.js";

const LANGUAGES = {
  en: { add: /Add server/, server: /^Server 1/, orders: /^Orders$/, people: /^People$/, history: /^History$/, title: /Products for/ },
  it: { add: /Aggiungi server/, server: /^Server 1/, orders: /^Ordini$/, people: /^Persone$/, history: /^Cronologia$/, title: /Prodotti per/ },
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
      for (const screen of ["orders", "people", "history"]) {
        await visitor.press(words[screen]);
        await visitor.sees(/\d/);
        assert.deepEqual(await violations(visitor.page), [], screen);
      }
      await visitor.page.goBack();
      await visitor.page.goBack();
      await visitor.page.goBack();
      await visitor.press(words.server);
      await visitor.sees(/Online/);
      assert.deepEqual(await violations(visitor.page), [], "server");
      visitor.assertNoFault();
    });

    test("with what the vendor's staff sees", async (test) => {
      const { before: order } = await unlockedOrder(browser, test);
      const visitor = await Visitor.signedIn(browser, test, "vendor@example.com", { language });
      await visitor.sees(/Final Customer/);
      assert.deepEqual(await violations(visitor.page), [], "customers");
      for (const path of [`/orders/${order.order.orderId}`, "/mails"]) {
        await visitor.page.evaluate((path) => {
          history.pushState(null, "", path);
          dispatchEvent(new PopStateEvent("popstate"));
        }, path);
        await visitor.sees(/\w/);
        await visitor.page.waitForNetworkIdle();
        assert.deepEqual(await violations(visitor.page), [], path);
      }
      visitor.assertNoFault();
    });

    test("with who is member of nothing", async (test) => {
      const visitor = await Visitor.signedIn(browser, test, "stranger@example.com", { language });
      await visitor.sees(/stranger@example\.com/);
      assert.deepEqual(await violations(visitor.page), []);
    });
  });
}
