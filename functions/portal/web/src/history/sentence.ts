// What an entry of the audit trail says, in words.

import type { Account, Entry } from "../api";
import { moment, number } from "../format";
import { poolName } from "../matrix/name";
import { actorText, personName } from "../staff/told";
import { put, words } from "../words";

interface CellChange {
  server: string;
  application: string;
  redundancy: boolean;
  licenseType: "perpetual" | "subscription";
  from: number;
  to: number;
}

export interface Told {
  entry: Entry;
  sentence: string;
  /** What changed in the licence table, a line each. */
  changes: string[];
  /** Who did it, and when. */
  by: string;
}

/** Every entry in words; entries come newest first. */
export function trail(entries: Entry[], account: Account): Told[] {
  const names = serverNames(entries, account);
  return entries.map((entry, index) => ({
    entry,
    sentence: sentenceOf(entry, account, (server) => names.of(server), (server) => names.before(server, index)),
    changes: changesOf(entry, account, (server) => names.of(server)),
    by: `${moment(entry.at)} · ${actorText(entry)}`,
  }));
}

/** Whether an entry says this text, in whatever case. */
export function says(told: Told, text: string): boolean {
  const sought = text.trim().toLowerCase();
  return [told.sentence, ...told.changes, told.by].some((line) => line.toLowerCase().includes(sought));
}

/** What an action is called; one that this release does not know has its own name. */
export function actionName(action: string): string {
  const names: Record<string, string> = words.value.history.actions;
  return names[action] ?? action;
}

type NameOf = (server: string) => string;

function sentenceOf(entry: Entry, account: Account, nameOf: NameOf, nameBefore: NameOf): string {
  const forms: Record<string, string> = words.value.history.acts;
  const done = variant(entry);
  const form = forms[done];
  if (!form) return entry.action;
  const detail = detailsOf(entry);
  return put(form, {
    server: (done === "renameServer" ? nameBefore : nameOf)(detail.text("server")),
    name: detail.text("name"),
    order: detail.text("orderNumber"),
    person: entry.person ? personName(entry.person) : words.value.staff.erased,
    role: roleName(detail.text("role") || detail.text("to")),
    from: roleName(detail.text("from")),
    reseller: resellerName(detail.text("reseller"), account),
    to: detail.text("to"),
    toName: detail.text("toName"),
    reason: detail.text("reason"),
    version: detail.text("tokenVersion"),
    serial: detail.text("serial"),
    at: detail.text("effectiveAt") && moment(detail.text("effectiveAt")),
  });
}

/** The form of an action: some were done in more than one way. */
function variant(entry: Entry): string {
  const detail = detailsOf(entry);
  switch (entry.action) {
    case "changeServer":
      if (detail.text("mode")) return detail.text("mode") === "offline" ? "setOffline" : "setOnline";
      return detail.text("name") ? "renameServer" : "changeServer";
    case "enableServer":
      return detail.value("inTime") === false ? "enableServerLate" : "enableServer";
    case "releaseServer":
      return { first: "keepFirst", second: "keepSecond" }[detail.text("keep")] ?? "releaseServer";
    default:
      return entry.action;
  }
}

function changesOf(entry: Entry, account: Account, nameOf: NameOf): string[] {
  const { history } = words.value;
  const detail = detailsOf(entry);
  const cells = (detail.list("cells") as CellChange[]).map((cell) =>
    put(history.cell, { row: poolName(cell, account), server: nameOf(cell.server), from: number(cell.from), to: number(cell.to) }),
  );
  const codes = (name: string, form: string) => {
    const listed = detail.list(name).map(String).join(", ");
    return listed ? [put(form, { codes: listed })] : [];
  };
  const reason = detail.text("reason");
  return [
    ...cells,
    ...codes("licenseCodes", history.codes),
    ...(reason ? [put(history.reason, { reason })] : []),
    ...codes("unlocked", history.codes),
    ...codes("locked", history.codes),
    ...codes("ended", history.endedCodes),
  ];
}

function detailsOf(entry: Entry) {
  const details = entry.details as Record<string, unknown>;
  return {
    value: (name: string) => details[name],
    text: (name: string) => (typeof details[name] === "string" || typeof details[name] === "number" ? String(details[name]) : ""),
    list: (name: string) => (Array.isArray(details[name]) ? (details[name] as unknown[]) : []),
  };
}

function roleName(role: string): string {
  const names: Record<string, string> = words.value.people.roles;
  return names[role] ?? role;
}

function resellerName(number: string, account: Account): string {
  return account.resellers.find((reseller) => reseller.number === number)?.name ?? number;
}

/** Names of servers: what they are called now, and what they were called before an entry as far as the trail tells. */
function serverNames(entries: Entry[], account: Account): { of: NameOf; before: (server: string, index: number) => string } {
  const given = (index: number) => {
    const entry = entries[index];
    const detail = entry && ["addServer", "changeServer"].includes(entry.action) ? detailsOf(entry) : undefined;
    return detail?.text("name") ? { server: detail.text("server"), name: detail.text("name") } : undefined;
  };
  const firstFrom = (server: string, index: number) => {
    for (let at = index; at < entries.length; at++) {
      const found = given(at);
      if (found?.server === server) return found.name;
    }
    return undefined;
  };
  const now = (server: string) => account.servers.find((found) => found.serverId === server)?.name;
  return {
    // A deleted server has the last name that it was given.
    of: (server) => now(server) ?? firstFrom(server, 0) ?? server,
    before: (server, index) => firstFrom(server, index + 1) ?? server,
  };
}
