// Programs that read the mail before a person does and do with its link whatever a plain HTTP client can.
import assert from "node:assert/strict";
import test from "node:test";

import { formsOf, postForm } from "./forms.js";
import { assertUntouched, lockedOrder } from "./stack.js";

const AT_ONCE = 20;
const PAGES_DEEP = 4;

/** What scanners say about themselves; none can say that a person pressed the button. */
const CLIENTS = {
  "says nothing of where it comes from": {},
  "says that nobody pressed the button": { "sec-fetch-user": "?0" },
  "says all that a browser says but the press": {
    "sec-fetch-dest": "document",
    "sec-fetch-mode": "navigate",
    "sec-fetch-site": "same-origin",
    "user-agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36",
  },
  "says the press in other words": { "sec-fetch-user": "?1, ?0" },
};

for (const method of ["GET", "HEAD"]) {
  test(`${AT_ONCE} times ${method} at once leave the order locked`, async () => {
    const order = await lockedOrder();
    const answers = await Promise.all(Array.from({ length: AT_ONCE }, () => fetch(order.link, { method })));
    assert.deepEqual(new Set(answers.map((answer) => answer.status)), new Set([200]));
    await assertUntouched(order);
  });
}

for (const [client, headers] of Object.entries(CLIENTS)) {
  test(`a client that posts every form of every page and ${client} leaves the order locked`, async () => {
    const order = await lockedOrder();
    let [address, html] = [order.link, await (await fetch(order.link, { headers })).text()];
    for (let page = 0; page < PAGES_DEEP; page += 1) {
      const [form, ...others] = formsOf(html, address);
      assert.equal(others.length, 0, "the page of a locked order has one form");
      assert.equal(form.fields.get("press"), "unlock");
      const answer = await postForm(form, headers);
      assert.equal(answer.status, 200);
      [address, html] = [answer.url, await answer.text()];
    }
    await assertUntouched(order);
  });
}

test("a form without its button, without its nonce or with another order's nonce leaves the order locked", async () => {
  const [order, other] = await Promise.all([lockedOrder(), lockedOrder()]);
  const formOf = async ({ link }) => formsOf(await (await fetch(link)).text(), link)[0];
  const [right, foreign] = await Promise.all([formOf(order), formOf(other)]);
  const nonce = right.fields.get("nonce");
  const guesses = [
    {},
    { nonce },
    { press: "unlock" },
    { press: "unlock", nonce: foreign.fields.get("nonce") },
    { press: "forward", nonce },
    { press: "unlock", nonce, confirmed: "yes", "": "" },
  ];
  // A client that claims the press as well, all but the last, which ticks a box that this page does not have.
  for (const [index, guess] of guesses.entries()) {
    const headers = index < guesses.length - 1 ? { "sec-fetch-user": "?1" } : {};
    const answer = await postForm({ action: order.link, fields: new URLSearchParams(guess) }, headers);
    assert.equal(answer.status, 200, JSON.stringify(guess));
  }
  await assertUntouched(order);
});
