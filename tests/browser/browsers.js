// Browsers as Debian packages them, driven from outside: Chromium and an unchanged Firefox.
import { existsSync } from "node:fs";

import puppeteer from "puppeteer-core";

const PATIENCE_MS = 30_000;

const CHROMIUM = {
  executablePath: found("CHROMIUM", ["/usr/bin/chromium", "/usr/bin/google-chrome"]),
  // Chromium's own sandbox refuses to run as root, which containers are.
  args: ["--disable-dev-shm-usage", ...(process.getuid() === 0 ? ["--no-sandbox"] : [])],
};

const FIREFOX = {
  browser: "firefox",
  executablePath: found("FIREFOX", ["/usr/bin/firefox-esr", "/usr/bin/firefox"]),
};

/** The browsers by name, each with how it starts. */
export const BROWSERS = { Chromium: CHROMIUM, Firefox: FIREFOX };

function found(variable, paths) {
  return process.env[variable] ?? paths.find((path) => existsSync(path)) ?? paths[0];
}

/** Starts a browser; `preferences` are Firefox's own. */
export function launch(name, preferences = {}) {
  return puppeteer.launch({ headless: true, extraPrefsFirefox: preferences, ...BROWSERS[name] });
}

/** A page for one test: nothing in it is known from an earlier one, and it is closed with the test. */
export async function newPage(browser, test) {
  const context = await browser.createBrowserContext();
  test.after(() => context.close());
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  return page;
}

/** Does what leads to another page, and waits until that is there. */
export async function led(page, act) {
  await Promise.all([page.waitForNavigation(), act()]);
}
