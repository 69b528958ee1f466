import { describe, expect, it } from "vitest";

import type { Account, Row } from "../src/api";
import { begin, cellFault, changes, discard, fillRest, fillServer, free, hasFault, parse, rebase, rowFault, rowId, text, type, undo, used } from "../src/matrix/draft";

function row(application: string, total: number, servers: Record<string, number>, redundancy = false): Row {
  const used = Object.values(servers).reduce((a, b) => a + b, 0);
  return { application, redundancy, licenseType: "subscription", unit: "channels", total, used, servers, careMixed: false, services: [], notes: [] };
}

function account(rows: Row[], version = 1): Account {
  const server = (serverId: string) => ({ serverId, name: serverId, mode: "online", status: "available", activatedOnce: false, items: [] }) as const;
  return {
    accountId: "A",
    version,
    customer: { number: "C", name: "Customer", country: "IT" },
    resellers: [],
    policy: { termGraceDays: 30, leaseDays: 30 },
    may: ["assign"],
    rows,
    servers: [server("one"), server("two")].map((server) => ({ ...server, items: [] })),
  };
}

const fax = { row: "Fax||subscription", server: "one" };
const faxTwo = { ...fax, server: "two" };
const red = { row: "Fax|red|subscription", server: "one" };
const start = () => begin(account([row("Fax", 4, { one: 1 }), row("Fax", 4, {}, true)]));

describe("typing", () => {
  it("shows what is saved until something is typed", () => {
    const draft = start();
    expect([text(draft, fax), text(draft, faxTwo), used(draft, fax.row), free(draft, fax.row)]).toEqual(["1", "0", 1, 3]);
    const typed = type(draft, faxTwo, "2");
    expect([text(typed, faxTwo), used(typed, fax.row), free(typed, fax.row)]).toEqual(["2", 3, 1]);
    expect(changes(typed)).toEqual([{ ...faxTwo, from: 0, to: 2 }]);
  });

  it("counts what is typed as it was saved as no change", () => {
    expect(type(type(start(), fax, "3"), fax, "1").typed.size).toBe(0);
  });

  it("takes digits only, and an empty cell as nothing", () => {
    expect(["", " 7 ", "007", "-1", "1.5", "x", "99999999999"].map(parse)).toEqual([0, 7, 7, undefined, undefined, undefined, undefined]);
    const draft = type(start(), fax, "x");
    expect(cellFault(draft, draft.base.rows[0]!, "one")).toEqual({ code: "notANumber" });
    expect([used(draft, fax.row), changes(draft), hasFault(draft)]).toEqual([1, [], true]);
  });

  it("undoes step by step, typing on in one cell being one step", () => {
    const draft = type(type(type(start(), fax, "2"), fax, "23", true), faxTwo, "1");
    expect(text(undo(draft), faxTwo)).toBe("0");
    expect(text(undo(undo(draft)), fax)).toBe("1");
    expect(undo(undo(undo(draft))).typed.size).toBe(0);
    expect(text(undo(discard(draft)), fax)).toBe("23");
  });
});

describe("checking", () => {
  it("refuses more than there is", () => {
    const draft = type(start(), faxTwo, "4");
    expect(rowFault(draft, draft.base.rows[0]!)).toEqual({ code: "overAssigned", used: 5, total: 4 });
  });

  it("lets a row that holds less than is assigned be lowered and shifted, not raised", () => {
    const short = begin(account([row("Fax", 2, { one: 4 })]));
    const shifted = type(type(short, fax, "1"), faxTwo, "3");
    expect(rowFault(shifted, shifted.base.rows[0]!)).toBeUndefined();
    expect(rowFault(type(short, fax, "5"), short.base.rows[0]!)).toMatchObject({ code: "overAssigned" });
  });

  it("wants as much of the primary on other servers as a server has of its redundancy", () => {
    const draft = type(type(start(), red, "2"), faxTwo, "1");
    expect(cellFault(draft, draft.base.rows[1]!, "one")).toEqual({ code: "redundancy", redundant: 2, primary: 1 });
    expect(cellFault(type(draft, faxTwo, "2"), draft.base.rows[1]!, "one")).toBeUndefined();
  });
});

describe("filling", () => {
  it("gives a cell what its row has left", () => {
    expect(text(fillRest(start(), faxTwo), faxTwo)).toBe("3");
  });

  it("gives a redundant cell no more than others have of the primary", () => {
    expect(text(fillRest(type(start(), faxTwo, "2"), red), red)).toBe("2");
  });

  it("fills a server in one step", () => {
    const filled = fillServer(start(), "two");
    expect([text(filled, faxTwo), text(filled, { ...red, server: "two" })]).toEqual(["3", "1"]);
    expect(undo(filled).typed.size).toBe(0);
  });
});

describe("a save that lost a race", () => {
  const newer = account([row("Fax", 4, { one: 2, two: 1 }), row("Fax", 4, {}, true)], 2);

  it("keeps what was typed and tells what changed", () => {
    const { draft, meanwhile } = rebase(type(start(), fax, "3"), newer);
    expect([draft.base.version, text(draft, fax), text(draft, faxTwo)]).toEqual([2, "3", "1"]);
    expect(meanwhile).toEqual([
      { ...fax, was: 1, is: 2, typed: 3 },
      { ...faxTwo, was: 0, is: 1, typed: undefined },
    ]);
  });

  it("forgets what the other one has saved just so, and rows that are gone", () => {
    expect(rebase(type(start(), fax, "2"), newer).draft.typed.size).toBe(0);
    expect(rebase(type(start(), red, "1"), account([row("Fax", 4, {})], 2)).draft.typed.size).toBe(0);
  });
});

it("names rows by what tells them apart", () => {
  expect(rowId(row("Fax", 1, {}, true))).toBe("Fax|red|subscription");
});
