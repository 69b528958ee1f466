import { describe, expect, it, vi } from "vitest";

import type { Details } from "../src/server/details";

vi.stubGlobal("localStorage", { getItem: () => "en", setItem: () => undefined });
vi.stubGlobal("navigator", { languages: ["en"] });
const { near } = await import("../src/format");
const { expectedText, isLate, isOff, waitsText } = await import("../src/server/expected");
const { reached } = await import("../src/server/reached");
const { letter } = await import("../src/server/letter");

const at443 = reached({ hostname: "portal.example", port: "" });
const at = (hour: number, minute = 0, day = 24) => new Date(2026, 10, day, hour, minute);
const window = { earliest: at(9, 12).toISOString(), latest: at(9, 42).toISOString() };
const details = (upToDate: boolean): Details => ({ serverId: "b1", accountId: "a", accountName: "A", name: "S", upToDate, releasesLeft: 3, nextCheckIn: window });

const running = {};

describe("when a server comes", () => {
  it("is a time where it is today, otherwise a date too", () => {
    expect(near(window.earliest, at(8))).toBe("09:12");
    expect(near(window.earliest, at(8, 0, 23))).toBe("24 Nov 2026, 09:12");
  });

  it("is expected until its window is over", () => {
    expect([isLate(window, at(9, 30)), isLate(window, at(9, 43))]).toEqual([false, true]);
    expect(expectedText(window, at(9, 30))).toBe("09:12");
    expect(expectedText(window, at(10))).toBe("not come by 09:42");
  });

  it("is told where the AppSuite still runs what it had before", () => {
    expect(waitsText(running, details(false), at(8), at443)).toMatch(/still runs .* expected 09:12\.$/);
    expect(waitsText(running, details(false), at(10), at443)).toMatch(/by 09:42 .* portal\.example on port 443/);
    expect(waitsText(running, details(true), at(10), at443)).toBe("");
    expect(waitsText(running, undefined, at(10), at443)).toBe("");
    expect(waitsText({ disabledFrom: window.latest }, details(false), at(8), at443)).toBe("");
  });
});

it("a disabled server is off from its own time on", () => {
  const disabled = { disabledFrom: window.latest };
  expect([isOff(disabled, at(9, 30)), isOff(disabled, at(9, 42)), isOff(running, at(10))]).toEqual([false, true, false]);
});

it("the letter carries the token and where to connect, and nothing of a name can add to its address", () => {
  const made = letter({ server: "A&B?cc=x@example.com", token: "b1|s{host}", ...at443, vendor: "Imagicle" });
  const [address, query] = made.split("?");
  expect(address).toBe("mailto:");
  expect([...new URLSearchParams(query).keys()]).toEqual(["subject", "body"]);
  const body = new URLSearchParams(query).get("body")!;
  expect(body).toContain("\r\nb1|s{host}\r\n");
  expect(body).toContain("portal.example on port 443");
});
