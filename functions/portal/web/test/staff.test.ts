import { describe, expect, it, vi } from "vitest";

import type { Entry, StaffOrder } from "../src/api";
import { holdsToken, kept, read } from "../src/staff/sought";

vi.stubGlobal("localStorage", { getItem: () => "en", setItem: () => undefined });
vi.stubGlobal("navigator", { languages: ["en"] });
const { actorText, entryText, isLinkQueued, mailState, personFull } = await import("../src/staff/told");

const SECRET = "kwee1u9213jop5n6m7q8r9s0t1v2w3x4y";

describe("what staff searches for", () => {
  it("is an order's number or a licence's code, as it was typed", () => {
    expect(read(" 19/00021 ")).toEqual({ kind: "text", text: "19/00021" });
    expect(read("LICUNCK001")).toEqual({ kind: "text", text: "LICUNCK001" });
    expect(read("b12")).toEqual({ kind: "text", text: "b12" });
    expect(read("  ")).toBeUndefined();
  });

  it("is a server where its id was typed", () => {
    expect(read("B000121893")).toEqual({ kind: "server", serverId: "b000121893" });
  });

  it("is of a token the server alone, however it was pasted", () => {
    for (const pasted of [`b000121893|${SECRET}`, ` "b000121893 | ${SECRET}"\n`, `Token: b000121893|${SECRET}`, `b000121893${SECRET}`]) {
      expect(read(pasted)).toEqual({ kind: "server", serverId: "b000121893" });
      expect(read(kept(pasted))).toEqual({ kind: "server", serverId: "b000121893" });
    }
  });

  it("is nothing where what stands before the bar is no server", () => {
    expect(read(`|${SECRET}`)).toBeUndefined();
    expect(read(`token|${SECRET}`)).toBeUndefined();
  });

  it("never keeps what follows the bar", () => {
    for (const typed of [`b000121893|${SECRET}`, `b121893|${SECRET}`, `|${SECRET}`, `x|${SECRET}`, `a|b000121893|${SECRET}`]) {
      expect(holdsToken(typed)).toBe(true);
      expect(kept(typed)).not.toMatch(/kwee|\|/);
      expect(JSON.stringify(read(typed) ?? "")).not.toMatch(/kwee|\|/);
    }
    expect(kept("b000121893|")).toBe("b000121893");
    expect(kept("19/00021")).toBe("19/00021");
  });
});

describe("what is told of an order", () => {
  const at = "2026-11-24T09:00:00Z";
  const entry = (action: string, details: object, person?: string): Entry => ({
    id: "1",
    at,
    action,
    actor: { kind: "erp" },
    details: details as never,
    ...(person ? { person: { personId: "p", name: person } } : {}),
  });

  it("says each act in a sentence, and an unknown one by its name", () => {
    expect(entryText(entry("receiveOrder", { revision: 1 }))).toBe("The order came in.");
    expect(entryText(entry("receiveOrder", { revision: 2 }))).toBe("Revision 2 came in.");
    expect(entryText(entry("resendOrder", { corrected: false }, "Carla"))).toBe("The link was sent to Carla again.");
    expect(entryText(entry("resendOrder", { corrected: true }, "Carla"))).toContain("corrected to Carla");
    expect(entryText(entry("newAct", {}))).toBe("newAct");
    expect(actorText(entry("lockOrder", {}))).toBe("The ERP");
    expect(actorText({ ...entry("lockOrder", {}), actor: { kind: "person", id: "p" } })).toBe("somebody who was erased");
  });

  it("names people by name and address, as far as these are known", () => {
    expect(personFull({ personId: "p", name: "Carla", email: "c@example.com" })).toBe("Carla, c@example.com");
    expect(personFull({ personId: "p", email: "c@example.com" })).toBe("c@example.com");
    expect(personFull({ personId: "p" })).toBe("somebody who was erased");
  });

  it("shows the link's mail as queued until it has a receipt of its own", () => {
    const shown = (mails: object[], state = "waiting") => ({ order: { kind: "purchase", status: "locked", mail: { state, recordedAt: at } }, mails }) as unknown as StaffOrder;
    expect(isLinkQueued(shown([]))).toBe(true);
    expect(isLinkQueued(shown([{ state: "sent", recordedAt: "2026-11-23T09:00:00Z" }]))).toBe(true);
    expect(isLinkQueued({ ...shown([]), order: { ...shown([]).order, kind: "renewal" } })).toBe(false);
    expect(isLinkQueued(shown([{ state: "waiting", recordedAt: at }]))).toBe(false);
    expect(isLinkQueued(shown([], "sent"))).toBe(false);
  });

  it("says how far a mail has come and since when", () => {
    expect(mailState({ state: "sent", at, recordedAt: at })).toMatch(/^Sent 24 Nov 2026/);
    expect(mailState({ state: "waiting", recordedAt: at })).toMatch(/^Queued since 24 Nov 2026/);
  });
});
