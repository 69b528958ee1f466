import { describe, expect, it, vi } from "vitest";

import type { Account, Entry } from "../src/api";

vi.stubGlobal("localStorage", { getItem: () => "en", setItem: () => undefined });
vi.stubGlobal("navigator", { languages: ["en"] });
vi.stubGlobal("location", { pathname: "/" });
const { actionName, says, trail } = await import("../src/history/sentence");
const { nextCursor, wholeTable } = await import("../src/history/table");
const { speak } = await import("../src/words");

const row = (application: string, licenseType: string) => ({ application, redundancy: false, unit: "users", licenseType });
const account = {
  servers: [{ serverId: "b1", name: "Headquarters" }],
  resellers: [{ number: "R-1", name: "Voce Lanterna" }],
  rows: [row("Billing", "perpetual"), row("Fax", "perpetual"), row("Fax", "subscription")],
} as unknown as Account;

let last = 0;
function entry(action: string, details: object = {}, person?: string): Entry {
  const at = "2026-11-24T09:00:00Z";
  const named = person ? { person: { personId: "p", name: person } } : {};
  return { id: String(++last), at, action, actor: { kind: "person", name: "Carla" }, details: details as never, ...named };
}

const sentence = (action: string, details: object = {}, person?: string) => trail([entry(action, details, person)], account)[0]!.sentence;

describe("what the audit trail says", () => {
  it("names orders, people, roles and resellers", () => {
    expect(sentence("unlockOrder", { orderNumber: "19/00021" })).toBe("Order 19/00021 unlocked.");
    expect(sentence("inviteMember", { role: "viewer" }, "Anna")).toBe("Anna invited as Viewer.");
    expect(sentence("changeMember", { from: "viewer", to: "manager" }, "Anna")).toBe("Anna: Viewer → Manager.");
    expect(sentence("removeMember", {})).toBe("somebody who was erased removed.");
    expect(sentence("acceptReseller", { reseller: "R-1" })).toBe("Reseller Voce Lanterna accepted.");
    expect(sentence("removeReseller", { reseller: "R-2" })).toBe("Reseller R-2 removed.");
  });

  it("tells in which way something was done", () => {
    expect(sentence("enableServer", { server: "b1", inTime: true })).toContain("in time");
    expect(sentence("enableServer", { server: "b1", inTime: false })).toContain("without licenses");
    expect(sentence("releaseServer", { server: "b1", keep: null })).toBe("Server Headquarters released.");
    expect(sentence("releaseServer", { server: "b1", keep: "second" })).toContain("second installation keeps it");
    expect(sentence("disableServer", { server: "b1", effectiveAt: "2026-11-25T09:00:00Z" })).toMatch(/disabled from 25 Nov 2026/);
    expect(sentence("changeServer", { server: "b1", name: null })).toBe("Server Headquarters changed.");
  });

  it("says what a server was called before, and what a deleted one was called last", () => {
    const told = trail(
      [
        entry("deleteServer", { server: "b2" }),
        entry("changeServer", { server: "b1", name: "Headquarters" }),
        entry("addServer", { server: "b2", name: "Test" }),
        entry("addServer", { server: "b1", name: "Server 1" }),
      ],
      account,
    );
    expect(told.map(({ sentence }) => sentence)).toEqual([
      "Server Test deleted.",
      "Server Server 1 renamed to Headquarters.",
      "Server Test added.",
      "Server Server 1 added.",
    ]);
  });

  it("lists every number that changed, and the type where two rows have one name", () => {
    const cell = (application: string) => ({ server: "b1", application, redundancy: false, licenseType: "perpetual", from: 0, to: 2500 });
    const saved = entry("saveAssignments", { cells: [cell("Billing"), cell("Fax")] });
    const [told] = trail([saved], account);
    expect(told!.changes).toEqual(["Billing (users) on Headquarters: 0\u00a0→\u00a02,500", "Fax (users), Perpetual on Headquarters: 0\u00a0→\u00a02,500"]);
    speak("it");
    expect(trail([saved], account)[0]!.changes[0]).toBe("Billing (utenti) su Headquarters: 0\u00a0→\u00a02.500");
    speak("en");
  });

  it("is found by what it says, whoever did it", () => {
    const [told] = trail([entry("unlockOrder", { orderNumber: "19/00021", unlocked: ["LIC1"], ended: ["LIC2"] })], account);
    for (const text of [" 19/000", "lic2", "carla", "nov 2026"]) expect(says(told!, text)).toBe(true);
    expect(says(told!, "LIC3")).toBe(false);
  });

  it("shows an action of a later release by its name", () => {
    expect(sentence("teleport")).toBe("teleport");
    expect([actionName("teleport"), actionName("unlockOrder")]).toEqual(["teleport", "Order unlocked"]);
  });
});

describe("the trail as one file", () => {
  it("follows the service's links and keeps one line of heads", async () => {
    const asked: (string | undefined)[] = [];
    const parts = ["at,who\n1,a\n", "at,who\n2,b\n"];
    const table = await wholeTable(async (cursor) => {
      asked.push(cursor);
      const text = parts[asked.length - 1]!;
      return { text, link: asked.length < parts.length ? `<http://elsewhere.example/v1/accounts/x/audit?cursor=01Z>; rel="next"` : null };
    });
    expect(table).toBe("at,who\n1,a\n2,b\n");
    expect(asked).toEqual([undefined, "01Z"]);
  });

  it("ends where no next part is named", () => {
    expect(nextCursor(null)).toBeUndefined();
    expect(nextCursor(`<http://h/audit?cursor=1>; rel="prev"`)).toBeUndefined();
  });
});
