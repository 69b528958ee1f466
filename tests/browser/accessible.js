// What a page is for people who see it otherwise, or not at all.
import assert from "node:assert/strict";

import axe from "axe-core";

const SCHEMES = ["light", "dark"];
const WIDTHS = [1280, 360];

/** What axe finds wrong, with the places, in every scheme and width. */
export async function violations(page) {
  const found = [];
  for (const scheme of SCHEMES) {
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
    for (const width of WIDTHS) {
      await page.setViewport({ width, height: 900 });
      // What fades in has its colours only at the end.
      await page.evaluate(() => Promise.all(document.getAnimations().map((animation) => animation.finished)));
      await page.evaluate(axe.source);
      const { violations, passes } = await page.evaluate(() => globalThis.axe.run());
      assert.ok(passes.length > 10, "axe has looked");
      const places = violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target}`));
      found.push(...places.map((place) => `${scheme}, ${width}: ${place}`));
    }
  }
  return found;
}
