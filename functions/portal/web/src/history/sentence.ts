// What an entry of the audit trail says, in words.

import type { Account, Entry } from "../api";
import { moment, number } from "../format";
import { plainName } from "../matrix/name";
import { actorText, personName } from "../staff/told";
import { put, words } from "../words";

interface CellChange {
  server: string;
  application: string;
  redundancy: boolean;
  from: number;
  to: number;
}

/** Every entry with the line that a search looks into. */
export function trail(entries: Entry[], account: Account): { entry: Entry; line: string }[] {
  return entries.map((entry) => ({ entry, line: [sentenceOf(entry, account), actorText(entry), moment(entry.at)].join(" ") }));
}

/** The sentence of an entry; an action that this release does not know shows by its name. */
export function sentenceOf(entry: Entry, account: Account): string {
  const known: Record<string, string> = words.value.history.acts;
  const details = entry.details as Record<string, unknown>;
  const form = known[entry.action];
  if (!form) return entry.action;
  const text = (name: string) => (typeof details[name] === "string" || typeof details[name] === "number" ? String(details[name]) : "");
  const server = nameOf(text("server"), account);
  const values = {
    server,
    name: text("name"),
    order: text("number") || text("order"),
    person: entry.person ? personName(entry.person) : "",
    role: text("role"),
    reseller: text("reseller"),
    version: text("tokenVersion"),
  };
  return [put(form, values), ...cells(details["cells"], account)].join(" ").trim();
}

function cells(changes: unknown, account: Account): string[] {
  if (!Array.isArray(changes)) return [];
  return (changes as CellChange[]).map((change) =>
    put(words.value.history.cell, {
      row: plainName(change),
      server: nameOf(change.server, account),
      from: number(change.from),
      to: number(change.to),
    }),
  );
}

function nameOf(server: string, account: Account): string {
  return account.servers.find((found) => found.serverId === server)?.name ?? server;
}
