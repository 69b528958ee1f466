// People: with a mouse or a keyboard, in browsers that say that it was a person and in browsers that don't, with and
// without script.
import assert from "node:assert/strict";
import test, { after, before, describe } from "node:test";

import { BROWSERS, launch, led, newPage } from "./browsers.js";
import { startSilent } from "./silent.js";
import { asStaffSeesIt, assertUnlocked, assertUntouched, baseUrl, lockedOrder, mailsTo } from "./stack.js";
import { until } from "./until.js";

const UNLOCK = "button[value=unlock]";
const FORWARD = "button[value=forward]";
const WITHDRAW = "button[value=withdraw]";
const ADDRESS = "input[type=email]";
const BOX = "input[type=checkbox]";

describe("people", { concurrency: true }, () => {
  for (const name of Object.keys(BROWSERS)) {
    // One page after the other: a browser has only one that the keyboard writes to.
    describe(`a person in ${name}`, { concurrency: 1 }, () => {
      let browser;
      let silent;
      before(async () => ([browser, silent] = await Promise.all([launch(name), startSilent(baseUrl)])));
      after(async () => {
        silent.stop();
        await browser.close();
      });

      /** A page for one test that shows a link. */
      const shown = async (test, link) => {
        const page = await newPage(browser, test);
        await page.goto(link);
        return page;
      };

      test("unlocks at once with a click", async (test) => {
        const order = await lockedOrder();
        const page = await shown(test, order.link);
        await led(page, () => page.click(UNLOCK));
        await assertShowsUnlocked(page, order);
      });

      test("unlocks at once with the keyboard", async (test) => {
        const order = await lockedOrder();
        const page = await shown(test, order.link);
        await page.keyboard.press("Tab");
        await led(page, () => page.keyboard.press("Enter"));
        await assertShowsUnlocked(page, order);
      });

      test("sees the unlocked page after a second click, and when the link is opened again", async (test) => {
        const order = await lockedOrder();
        const [first, second] = [await shown(test, order.link), await shown(test, order.link)];
        await led(first, () => first.click(UNLOCK));
        const seen = await orderWithoutMail(order);
        await led(second, () => second.click(UNLOCK));
        await assertShowsUnlocked(second, order);
        await first.goto(order.link);
        await assertShowsUnlocked(first, order);
        assert.deepEqual(await orderWithoutMail(order), seen, "unlocked once");
      });

      test("forwards an unlocked order with a click or with Enter in the field, and withdraws that", async (test) => {
        const order = await lockedOrder();
        const page = await shown(test, order.link);
        await led(page, () => page.click(UNLOCK));
        const addresses = ["one", "two"].map((each) => `${each}-${order.number.toLowerCase()}@example.com`);
        await page.type(ADDRESS, addresses[0]);
        await led(page, () => page.click(FORWARD));
        await page.type(ADDRESS, addresses[1]);
        await led(page, () => page.keyboard.press("Enter"));
        assert.equal(await count(page, WITHDRAW), 2);
        assert.equal(await count(page, BOX), 0);
        for (const address of addresses) {
          await until(`an invitation of ${address}`, async () => (await mailsTo(address)).length);
        }
        await led(page, () => page.click(WITHDRAW));
        assert.equal(await count(page, WITHDRAW), 1);
      });

      test("ticks a box where the browser does not say that a person pressed", async (test) => {
        const order = await lockedOrder();
        const page = await shown(test, silent.at(order.link));
        await led(page, () => page.click(UNLOCK));
        assert.equal(await page.$eval(BOX, (box) => box.checked), false);
        await page.click(UNLOCK);
        assert.equal(await page.$eval(BOX, (box) => box.matches(":invalid") && document.activeElement === box), true);
        await assertUntouched(order);
        await page.click(BOX);
        await led(page, () => page.click(UNLOCK));
        await assertShowsUnlocked(page, order);
      });

      test("forwards and withdraws with a box where the browser says nothing", async (test) => {
        const order = await lockedOrder();
        const page = await shown(test, silent.at(order.link));
        await led(page, () => page.click(UNLOCK));
        await page.click(BOX);
        await led(page, () => page.click(UNLOCK));
        await page.type(ADDRESS, `forward-${order.number.toLowerCase()}@example.com`);
        await led(page, () => page.click(FORWARD));
        await page.click(BOX);
        await led(page, () => page.click(FORWARD));
        assert.equal(await count(page, WITHDRAW), 1);
        await led(page, () => page.click(WITHDRAW));
        await page.click(BOX);
        await led(page, () => page.click(WITHDRAW));
        assert.equal(await count(page, WITHDRAW), 0);
      });
    });
  }
});

test("a person in Chromium without script unlocks at once", async (test) => {
  const browser = await launch("Chromium");
  const page = await newPage(browser, test);
  test.after(() => browser.close());
  const order = await lockedOrder();
  await page.setJavaScriptEnabled(false);
  await page.goto(order.link);
  await led(page, () => page.click(UNLOCK));
  await assertUnlocked(order);
});

test("a person in Firefox without script unlocks at once", async (test) => {
  const browser = await launch("Firefox", { "javascript.enabled": false });
  const page = await newPage(browser, test);
  test.after(() => browser.close());
  const order = await lockedOrder();
  await page.goto(order.link);
  // Without script the tool can't find the button either; it is the page's first stop of the Tab key.
  await page.keyboard.press("Tab");
  await led(page, () => page.keyboard.press("Enter"));
  await assertUnlocked(order);
});

async function assertShowsUnlocked(page, order) {
  await assertUnlocked(order);
  assert.equal(await count(page, UNLOCK), 0);
  assert.match(await page.$eval("main", (main) => main.innerText), /Your licenses are unlocked/);
}

async function orderWithoutMail({ number }) {
  const { order } = await asStaffSeesIt(number);
  return { ...order, mail: undefined };
}

async function count(page, selector) {
  return (await page.$$(selector)).length;
}
