// Scanners that open the link in a real browser and press whatever they find there, with scripts of theirs: either
// from within the page, where the browser knows that nobody touched anything, or as tools for automated browsing do
// it, which make the browser believe that a person did.
import assert from "node:assert/strict";
import test, { after, before, describe } from "node:test";

import { BROWSERS, launch, led, newPage } from "./browsers.js";
import { formsOf, postForm } from "./forms.js";
import { assertUntouched, assertUnlocked, lockedOrder, mailsTo } from "./stack.js";

const PAGES_DEEP = 2;

/** Ways to submit a form without touching it. They run inside the page. */
const WAYS = {
  "submit()": (form) => form.submit(),
  "requestSubmit()": (form) => form.requestSubmit(),
  "requestSubmit() with the button": (form) => form.requestSubmit(form.querySelector("button")),
  "click() of the button": (form) => form.querySelector("button").click(),
  "a made-up click event": (form) =>
    form.querySelector("button").dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true })),
};

describe("scanners with a browser", { concurrency: true }, () => {
  for (const name of Object.keys(BROWSERS)) {
    // One after the other: Firefox opens no page while it closes another.
    describe(`a scanner in ${name}`, { concurrency: 1 }, () => {
      let browser;
      before(async () => (browser = await launch(name)));
      after(() => browser.close());

      for (const way of Object.keys(WAYS)) {
        test(`that calls ${way} on every page leaves the order locked`, async (test) => {
          const order = await lockedOrder();
          await press(await newPage(browser, test), order.link, way);
          await assertUntouched(order);
        });

        test(`that calls ${way} on every page of an unlocked order forwards and withdraws nothing`, async (test) => {
          const order = await forwardedOrder();
          await press(await newPage(browser, test), order.link, way);
          assert.equal(await openForwards(order.link), 1, "one forward is open, as before");
          assert.equal((await mailsTo(scannerOf(order.link))).length, 0, "nobody is invited");
        });
      }
    });
  }
});

/** The address that a scanner fills in, one for each link. */
function scannerOf(link) {
  return `scanner-${link.slice(-12).toLowerCase()}@example.com`;
}

/** Whether a way leads nowhere where something needed is missing, such as the tick of a box. */
function validates(way) {
  return way !== "submit()";
}

async function press(page, link, way) {
  await pressByTool(page, link, way);
  await pressFromWithin(page, link, way);
}

/** Lets every page that comes press its own form, until as many have come as a scanner follows, or none does. */
async function pressFromWithin(page, link, way) {
  const scanned = new Promise((resolve) => {
    page.on("console", (message) => message.text() === "scanned" && resolve());
  });
  const act = `(${onLoad})(${WAYS[way]}, ${validates(way)}, ${PAGES_DEEP}, ${JSON.stringify(scannerOf(link))})`;
  await page.evaluateOnNewDocument(act);
  await page.goto(link, { waitUntil: "domcontentloaded" });
  await scanned;
}

/** Runs inside the page. The window's name outlives the page, so it counts them. */
function onLoad(act, validates, deep, address) {
  window.addEventListener("load", () => {
    const seen = Number(window.name) || 0;
    window.name = String(seen + 1);
    const form = document.forms[seen % document.forms.length];
    for (const input of form?.querySelectorAll("input[type=email]") ?? []) input.value = address;
    if (seen === deep || !form) console.log("scanned");
    else {
      act(form);
      // A form that is not complete leads nowhere.
      if (validates && !form.checkValidity()) setTimeout(() => console.log("scanned"));
    }
  });
}

/** Presses every form of the page and the forms of the pages that it is led to. */
async function pressByTool(page, link, way) {
  await page.goto(link);
  const forms = await page.evaluate(() => document.forms.length);
  assert.ok(forms > 0);
  for (let first = 0; first < forms; first += 1) {
    await page.goto(link);
    for (let deep = 0; deep < PAGES_DEEP; deep += 1) {
      await pressOnce(page, deep === 0 ? first : 0, way, scannerOf(link));
    }
  }
}

async function pressOnce(page, index, way, address) {
  const leads = await page.evaluate(fill, index, address, validates(way));
  const act = () => page.evaluate(`(${WAYS[way]})(document.forms[${index}]), undefined`);
  await (leads ? led(page, act) : act());
}

/** Runs inside the page. Fills what can be filled, ticks nothing, and says whether the form is led elsewhere. */
function fill(index, address, validates) {
  const form = document.forms[index];
  for (const input of form.querySelectorAll("input[type=email]")) input.value = address;
  return !validates || form.checkValidity();
}

/** An order that somebody unlocked and forwarded. */
async function forwardedOrder() {
  const order = await lockedOrder();
  const press = async (button, typed = {}) => {
    const forms = formsOf(await (await fetch(order.link)).text(), order.link);
    const { action, fields } = forms.find(({ fields }) => fields.get("press") === button);
    for (const [name, value] of Object.entries(typed)) fields.set(name, value);
    await postForm({ action, fields }, { "sec-fetch-user": "?1" });
  };
  await press("unlock");
  await press("forward", { address: "person@example.com" });
  await assertUnlocked(order);
  assert.equal(await openForwards(order.link), 1);
  return order;
}

async function openForwards(link) {
  const page = await (await fetch(link)).text();
  return page.split('value="withdraw"').length - 1;
}
