// The License Portal in a real browser against the running stack.
import assert from "node:assert/strict";
import test, { after, before, describe } from "node:test";

import { launch, led, newPage } from "./browsers.js";
import { activate, baseUrl, lockedOrder, mailsTo } from "./stack.js";
import { unlockedOrder, Visitor, visitorOfServer } from "./portal.js";
import { until } from "./until.js";

const FAX = "IP Fax server";
const BILLING = "Accounting & Billing";

let browser;
before(async () => (browser = await launch("Chromium")));
after(() => browser.close());

describe("the story of an order", () => {
  test("leads from the mail to an active server, by distributor, reseller and customer", async (test) => {
    const order = await lockedOrder();
    const distributor = await newPage(browser, test);
    await distributor.goto(order.link);
    await led(distributor, () => distributor.click("button[value=unlock]"));
    const manage = await distributor.$eval("a.button", (link) => link.href);
    assert.equal(new URL(manage).origin, baseUrl, "MANAGE LICENSES leads to the portal");

    const reseller = await Visitor.signedIn(browser, test, order.before.resellerContact.email);
    await reseller.sees(/Final Customer/);
    await reseller.press(/^Final Customer/);
    await reseller.sees(/0 \/ 250/);
    await reseller.press(/Add server/);
    await reseller.sees(/Server 1/);
    await reseller.press(/Add server/);
    await reseller.sees(/Server 2/);
    await reseller.type(new RegExp(`^${BILLING} on Server 1`), "200");
    await reseller.type(new RegExp(`^${BILLING} on Server 2`), "50");
    await reseller.type(new RegExp(`^${FAX} on Server 1`), "4");
    assert.deepEqual([await reseller.used(BILLING), await reseller.used(FAX)], ["250 / 250", "4 / 4"]);
    await reseller.press(/^Save config/i);
    await reseller.sees(/Saved\./);

    const customer = await Visitor.signedIn(browser, test, order.before.customerContact.email);
    assert.match(await customer.sees(/Products for: Final Customer/), /250 \/ 250/, "straight to the own licences");
    await customer.press(/^Server 1/);
    await customer.sees(/Available/);
    const token = await customer.token();
    await activate(token);
    // Nobody reloads: the screen looks by itself.
    await customer.sees(/Activation status\s+Active/i);
    reseller.assertNoFault();
    customer.assertNoFault();
  });
});

describe("the licence table", () => {
  test("says while typing what would be refused, and saves nothing until it is right", async (test) => {
    const order = await unlockedOrder(browser, test);
    const customer = await Visitor.signedIn(browser, test, order.customer);
    await customer.press(/Add server/);
    await customer.sees(/Server 1/);
    await customer.type(new RegExp(`^${FAX} on Server 1`), "5");
    await customer.sees(/5 are given, but there are 4/);
    assert.equal(await customer.control(/^Save config/i, "body"), undefined, "it can't be pressed");
    await customer.type(new RegExp(`^${FAX} on Server 1`), "x");
    await customer.sees(/Type a number/);
    await customer.press(/^Discard/);
    assert.equal(await customer.cell(FAX, "Server 1"), "0");
  });

  test("can be filled, undone and saved with the keyboard alone", async (test) => {
    const order = await unlockedOrder(browser, test);
    const visitor = await Visitor.signedIn(browser, test, order.customer);
    const { page } = visitor;
    // The screen itself has the focus at first, and says everything that is on it.
    const focused = () => page.evaluate(() => {
      const { activeElement } = document;
      return activeElement.matches("button, a, input") ? (activeElement.getAttribute("aria-label") ?? activeElement.innerText) : "";
    });
    const tabTo = (label) => until(`the focus on ${label}`, async () => {
      await page.keyboard.press("Tab");
      return label.test(await focused());
    });
    await tabTo(/Add server/);
    await page.keyboard.press("Enter");
    await visitor.sees(/Server 1/);
    await visitor.field(new RegExp(`^${BILLING} on Server 1`)).then((field) => field.focus());
    await page.keyboard.type("7");
    await page.keyboard.press("Enter");
    assert.match(await focused(), new RegExp(`^${FAX} on Server 1`), "Enter goes down");
    await page.keyboard.type("3");
    await page.keyboard.press("Escape");
    assert.equal(await visitor.cell(FAX, "Server 1"), "0", "Escape takes the number back");
    await page.keyboard.type("2");
    await page.keyboard.press("ArrowUp");
    assert.match(await focused(), new RegExp(`^${BILLING} on Server 1`));
    await tabTo(/^Save config/i);
    await page.keyboard.press("Enter");
    await visitor.sees(/Saved\./);
    assert.deepEqual([await visitor.used(BILLING), await visitor.used(FAX)], ["7 / 250", "2 / 4"]);
  });

  test("keeps what was typed where somebody else has saved meanwhile, and says what changed", async (test) => {
    const order = await unlockedOrder(browser, test);
    const [first, second] = [await Visitor.signedIn(browser, test, order.customer), await Visitor.signedIn(browser, test, order.reseller)];
    await first.press(/Add server/);
    await first.sees(/Server 1/);
    await second.press(/^Final Customer/);
    await second.sees(/Server 1/);
    await first.type(new RegExp(`^${FAX} on Server 1`), "3");
    await second.type(new RegExp(`^${FAX} on Server 1`), "2");
    await second.press(/^Save config/i);
    await second.sees(/Saved\./);
    await first.press(/^Save config/i);
    await first.sees(/Somebody else has saved meanwhile[\s\S]*0 became 2[\s\S]*you typed 3/, "dialog");
    await first.press(/Go on with my numbers/i);
    assert.equal(await first.cell(FAX, "Server 1"), "3");
    await first.press(/^Save config/i);
    await first.sees(/Saved\./);
    assert.equal(await first.used(FAX), "3 / 4");
  });

  test("asks before unsaved numbers are left", async (test) => {
    const order = await unlockedOrder(browser, test);
    const customer = await Visitor.signedIn(browser, test, order.customer);
    await customer.press(/Add server/);
    await customer.sees(/Server 1/);
    await customer.type(new RegExp(`^${FAX} on Server 1`), "1");
    const asked = [];
    customer.page.on("dialog", (dialog) => {
      asked.push(dialog.message());
      void dialog.dismiss();
    });
    await customer.press(/^Orders$/);
    await until("the question", () => asked.length > 0);
    assert.match(asked[0], /not saved/);
    assert.equal(await customer.cell(FAX, "Server 1"), "1");
  });
});

describe("a server", () => {
  test("in conflict shows what differs and is settled by a choice", async (test) => {
    const customer = await visitorOfServer(browser, test, FAX, 4);
    const token = await customer.token();
    await activate(token);
    await activate(token, ["copy", "elsewhere", "other board", "other network"]);
    assert.match(await customer.sees(/Two installations use this server's token/), /4 of 4 marks of the machine differ/);
    await customer.press(/^Keep the second one/);
    await customer.press(/^Yes/i, "dialog");
    await customer.sees(/The conflict is resolved/);
    await customer.sees(/Activation status\s+Active/i);
  });

  test("that is disabled can be taken back, and says so", async (test) => {
    const customer = await visitorOfServer(browser, test, FAX, 4);
    await customer.press(/^Disable server/);
    await customer.press(/^Disable server/, "dialog");
    await customer.sees(/The server runs until .* Until then you can take this back/);
    await customer.press(/^Enable server/i);
    await customer.press(/^Enable server/i, "dialog");
    await customer.sees(/The server is enabled, with everything it had/);
    assert.match(await customer.text(), /IP Fax server/);
  });
});

describe("who may see what", () => {
  test("a person who is member of nothing is told what to do", async (test) => {
    const stranger = await Visitor.signedIn(browser, test, "nobody@example.com");
    assert.match(await stranger.sees(/nothing here for you/), /nobody@example\.com/);
  });

  test("an invited viewer looks and changes nothing, and sees nothing after being removed", async (test) => {
    const order = await unlockedOrder(browser, test);
    const manager = await Visitor.signedIn(browser, test, order.customer);
    await manager.press(/^People$/);
    const address = `viewer-${order.number.toLowerCase()}@example.com`;
    await manager.press(/^Invite somebody/);
    await manager.type(/e-mail/i, address);
    await manager.press(/^Send invitation/i, "dialog");
    await manager.sees(new RegExp(address));
    await until("the invitation", async () => (await mailsTo(address)).length > 0);

    const viewer = await Visitor.signedIn(browser, test, address);
    await viewer.sees(/You can look, not change/);
    assert.equal(await viewer.control(/Add server|Save config/i, "main"), undefined);

    await manager.press(new RegExp(`Remove.*${address}`));
    await manager.press(/^Remove/i, "dialog");
    await until("the removal", async () => !(await manager.control(new RegExp(`Remove.*${address}`), "main")));
    // The sign-in of the browser goes on; what is managed with this address does not.
    await viewer.page.reload();
    await viewer.sees(/nothing here for you/);
  });
});
