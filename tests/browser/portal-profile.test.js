// What somebody sets for themselves, and what staff does to people, in a real browser against the running stack.
import assert from "node:assert/strict";
import test, { after, before, describe } from "node:test";

import { violations } from "./accessible.js";
import { launch } from "./browsers.js";
import { unlockedOrder, Visitor } from "./portal.js";

let browser;
before(async () => (browser = await launch("Chromium")));
after(() => browser.close());

const WORDS = {
  en: { signedIn: /^Signed in as/, own: /^What ends in your own licenses/, off: /You get no more of these mails/, on: /You get these mails/ },
  it: { signedIn: /^Accesso come/, own: /^Che cosa scade nelle tue licenze/, off: /Non ricevi più queste e-mail/, on: /Ricevi queste e-mail/ },
};

describe("the profile", () => {
  for (const [language, words] of Object.entries(WORDS)) {
    for (const dark of [false, true]) {
      test(`switches a reminder off and on with the keyboard, in ${language}${dark ? ", dark" : ""}`, async (test) => {
        const { customer } = await unlockedOrder(browser, test);
        const visitor = await Visitor.signedIn(browser, test, customer, { language, dark });
        await visitor.press(words.signedIn, "header");
        const box = await visitor.field(words.own);
        assert.deepEqual(await violations(visitor.page), []);
        const isOn = () => box.evaluate((input) => input.checked);
        assert.equal(await isOn(), true);
        await box.focus();
        for (const [said, state] of [[words.off, false], [words.on, true], [words.off, false]]) {
          await visitor.page.keyboard.press("Space");
          await visitor.sees(said);
          assert.equal(await isOn(), state);
          assert.equal(await box.evaluate((input) => input === document.activeElement), true, "the focus stays");
        }
        assert.deepEqual(await violations(visitor.page), []);
        visitor.assertNoFault();
        const later = await Visitor.signedIn(browser, test, customer, { language, dark, path: "/profile" });
        assert.equal(await later.field(words.own).then((field) => field.evaluate((input) => input.checked)), false, "it was saved");
      });
    }
  }

  test("offers to a reseller what ends at their customers, and to staff nothing", async (test) => {
    const { reseller } = await unlockedOrder(browser, test);
    const visitor = await Visitor.signedIn(browser, test, reseller, { path: "/profile" });
    await visitor.field(/^What ends at your customers/);
    const staff = await Visitor.signedIn(browser, test, "vendor@example.com", { path: "/profile" });
    await staff.sees(/None come to you/);
    assert.equal(await staff.page.$("input[type=checkbox]"), null);
  });
});

describe("staff", () => {
  test("erases a person after typing their address twice, and is told who is left without a manager", async (test) => {
    const order = await unlockedOrder(browser, test);
    const staff = await Visitor.signedIn(browser, test, "vendor@example.com", { path: `/customers/${order.account}/people` });
    await staff.sees(new RegExp(order.customer.replace(".", "\\.")));
    await staff.press(/^Erase a person…/);
    await staff.type(/^E-mail/, order.customer);
    await staff.type(/^The address again/, "somebody.else@example.com");
    await staff.type(/^Reason/, "They asked for it");
    assert.equal(await staff.control(/^Erase for ever/i, "dialog"), undefined, "the addresses differ");
    await staff.type(/^The address again/, order.customer.toUpperCase());
    assert.deepEqual(await violations(staff.page), []);
    await staff.press(/^Erase for ever/i, "dialog");
    await staff.sees(/There is no manager any more of: /);
    await staff.sees(/Nobody is a member yet/);
    await staff.press(/^History$/);
    await staff.sees(/A person was erased\.[\s\S]*They asked for it/);
    assert.doesNotMatch(await staff.text(), new RegExp(order.customer.split("@")[0]));
    staff.assertNoFault();
  });
});
