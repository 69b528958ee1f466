// Every page behind a link, as everybody can use it: nothing comes from elsewhere, nothing fails, and what can be
// found out about accessibility by program is in order, in light and in dark, wide and narrow.
import assert from "node:assert/strict";
import test, { after, before, describe } from "node:test";

import { violations } from "./accessible.js";
import { launch, led, newPage } from "./browsers.js";
import { startSilent } from "./silent.js";
import { baseUrl, lockedOrder, sendLinkAgain } from "./stack.js";

const UNLOCK = "button[value=unlock]";
const FORWARD = "button[value=forward]";

describe("the pages behind a link", () => {
  let browser;
  let silent;
  before(async () => ([browser, silent] = await Promise.all([launch("Chromium"), startSilent(baseUrl)])));
  after(async () => {
    silent.stop();
    await browser.close();
  });

  test("of a locked, an unlocked and a forwarded order are in order", async (test) => {
    const { link } = await lockedOrder();
    const { page, assertInOrder } = await watchedPage(browser, test);
    await page.goto(link);
    await assertInOrder("locked");
    await led(page, () => page.click(UNLOCK));
    await assertInOrder("unlocked");
    await page.type("input[type=email]", "person@example.com");
    await led(page, () => page.click(FORWARD));
    await assertInOrder("forwarded");
  });

  test("that ask to tick a box are in order", async (test) => {
    const { link } = await lockedOrder();
    const { page, assertInOrder } = await watchedPage(browser, test);
    await page.goto(silent.at(link));
    await led(page, () => page.click(UNLOCK));
    await assertInOrder("box for the unlock");
    await page.click("input[type=checkbox]");
    await led(page, () => page.click(UNLOCK));
    await page.type("input[type=email]", "person@example.com");
    await led(page, () => page.click(FORWARD));
    await assertInOrder("box for the forward");
  });

  test("that say why there is no order are in order", async (test) => {
    const { page, assertInOrder } = await watchedPage(browser, test);
    const answer = await page.goto(`${baseUrl}/unlock/nothing`);
    assert.equal(answer.status(), 404);
    // The browser itself tells its console of the status.
    await assertInOrder("unknown link", /status of 404/);
    const order = await lockedOrder();
    await sendLinkAgain(order);
    const gone = await page.goto(order.link);
    assert.equal(gone.status(), 410);
    await assertInOrder("older link", /status of 4(04|10)/);
  });
});

/** A page for one test that takes down what it asks for and what goes wrong. */
async function watchedPage(browser, test) {
  const page = await newPage(browser, test);
  const [asked, wrong] = [[], []];
  page.on("request", (request) => asked.push(request.url()));
  page.on("requestfailed", (request) => wrong.push(`${request.url()} failed`));
  page.on("console", (message) => wrong.push(message.text()));
  page.on("pageerror", (error) => wrong.push(String(error)));
  const assertInOrder = async (what, expected = /^$/) => {
    assert.deepEqual(await violations(page), [], what);
    assert.deepEqual(wrong.filter((text) => !expected.test(text)), [], what);
    const elsewhere = asked.filter((url) => !isOwn(url, page.url()));
    assert.deepEqual(elsewhere, [], `${what} page asks elsewhere`);
  };
  return { page, assertInOrder };
}

function isOwn(url, page) {
  return url.startsWith("data:") || new URL(url).origin === new URL(page).origin;
}
