// What somebody types into the licence table before it is saved: pure, so that every rule of it can be tested.
//
// The service decides; what is checked here is only what it would say, said while typing.

import type { Account, Row } from "../api";

/** A cell: one row of one server. */
export interface Cell {
  row: string;
  server: string;
}

/** What was typed, by cell; a text that is no number stays as it is until it is one. */
export type Typed = ReadonlyMap<string, string>;

export interface Draft {
  /** The account as it was when the numbers were typed. */
  base: Account;
  typed: Typed;
  /** What was typed before each step, the newest last. */
  past: readonly Typed[];
}

/** The name of a row: what tells it from the others. */
export function rowId(row: Pick<Row, "application" | "redundancy" | "licenseType">): string {
  return [row.application, row.redundancy ? "red" : "", row.licenseType].join("|");
}

export function cellId({ row, server }: Cell): string {
  return `${row}#${server}`;
}

export function begin(base: Account): Draft {
  return { base, typed: new Map(), past: [] };
}

/** Servers that have a column: those that are not disabled. */
export function columns(account: Account): Account["servers"] {
  return account.servers.filter((server) => server.status !== "disabled");
}

/** Rows by their names: three thousand cells ask for theirs at each key. */
const indexes = new WeakMap<Account, ReadonlyMap<string, Row>>();

function find(account: Account, id: string): Row | undefined {
  let index = indexes.get(account);
  if (!index) indexes.set(account, (index = new Map(account.rows.map((row) => [rowId(row), row]))));
  return index.get(id);
}

/** All that a row's looks depend on beside the account: what is typed for its application. */
export function signature(draft: Draft, row: Row): string {
  const mine = [...draft.typed].filter(([id]) => id.startsWith(`${row.application}|`));
  return mine.map(([id, text]) => `${id}=${text}`).join("\n");
}

function saved(account: Account, { row, server }: Cell): number {
  return find(account, row)?.servers[server] ?? 0;
}

/** What a cell shows. */
export function text(draft: Draft, cell: Cell): string {
  return draft.typed.get(cellId(cell)) ?? String(saved(draft.base, cell));
}

/** The number of a text: nothing is 0; `undefined` where it is none. */
export function parse(text: string): number | undefined {
  const trimmed = text.trim();
  if (trimmed === "") return 0;
  if (!/^\d{1,10}$/.test(trimmed)) return undefined;
  const value = Number(trimmed);
  return value <= 1_000_000_000 ? value : undefined;
}

/** The number of a cell; where none is typed, the one that is saved. */
export function value(draft: Draft, cell: Cell): number {
  return parse(text(draft, cell)) ?? saved(draft.base, cell);
}

/** Types into a cell. Typing on in the same cell is one step; what is typed as it was saved is no change. */
export function type(draft: Draft, cell: Cell, text: string, sameStep = false): Draft {
  const typed = new Map(draft.typed);
  if (parse(text) === saved(draft.base, cell) && text.trim() !== "") typed.delete(cellId(cell));
  else typed.set(cellId(cell), text);
  return { ...draft, typed, past: sameStep ? draft.past : [...draft.past, draft.typed] };
}

export function undo(draft: Draft): Draft {
  const typed = draft.past.at(-1);
  return typed ? { ...draft, typed, past: draft.past.slice(0, -1) } : draft;
}

/** Everything as it is saved; can be undone. */
export function discard(draft: Draft): Draft {
  return draft.typed.size ? { ...draft, typed: new Map(), past: [...draft.past, draft.typed] } : draft;
}

/** USED LICENSES as it would be: what an offline server may still run counts where that is more than its cell. */
export function used(draft: Draft, row: string): number {
  const shown = new Set(columns(draft.base).map((server) => server.serverId));
  const kept = new Map(find(draft.base, row)?.notes.flatMap((note) => (note.code === "spent" ? [[note.serverId, note.capacity] as const] : [])));
  const cells = draft.base.servers.map(({ serverId: server }) => {
    const cell = shown.has(server) ? value(draft, { row, server }) : 0;
    return Math.max(cell, kept.get(server) ?? 0);
  });
  return cells.reduce((sum, cell) => sum + cell, 0);
}

/** What no server has. */
export function free(draft: Draft, row: string): number {
  return Math.max(0, (find(draft.base, row)?.total ?? 0) - used(draft, row));
}

/** Gives a cell whatever its row has left: for a "red." row no more than other servers have of the primary. */
export function fillRest(draft: Draft, cell: Cell): Draft {
  const row = find(draft.base, cell.row);
  if (!row) return draft;
  const most = row.redundancy ? Math.max(0, primaryElsewhere(draft, row, cell.server) - redundantBeside(draft, row, cell)) : Infinity;
  const wanted = Math.min(value(draft, cell) + free(draft, cell.row), most);
  return wanted > value(draft, cell) ? type(draft, cell, String(wanted)) : draft;
}

/** Gives a server whatever every row has left; rows of "red." licences last, because they depend on the others. */
export function fillServer(draft: Draft, server: string): Draft {
  const rows = [...draft.base.rows].sort((one, other) => Number(one.redundancy) - Number(other.redundancy));
  const filled = rows.reduce((draft, row) => fillRest(draft, { row: rowId(row), server }), draft);
  // One step, however many cells it changed.
  return filled === draft ? draft : { ...filled, past: [...draft.past, draft.typed] };
}

function primaryElsewhere(draft: Draft, row: Row, server: string): number {
  const primary = draft.base.rows.filter((other) => !other.redundancy && other.application === row.application);
  const others = columns(draft.base).filter((other) => other.serverId !== server);
  return primary.flatMap((row) => others.map((other) => value(draft, { row: rowId(row), server: other.serverId }))).reduce((a, b) => a + b, 0);
}

/** "Red." capacity of the other licence type on the same server. */
function redundantBeside(draft: Draft, row: Row, cell: Cell): number {
  const beside = draft.base.rows.filter((other) => other.redundancy && other.application === row.application && rowId(other) !== cell.row);
  return beside.map((other) => value(draft, { row: rowId(other), server: cell.server })).reduce((a, b) => a + b, 0);
}

/** What is wrong, as the service would say it. */
export type Fault =
  | { code: "notANumber" }
  | { code: "overAssigned"; used: number; total: number }
  | { code: "redundancy"; redundant: number; primary: number };

/** What is wrong with a row: more is given than there is, and than there was. */
export function rowFault(draft: Draft, row: Row): Fault | undefined {
  const [now, before] = [used(draft, rowId(row)), row.used];
  return now > row.total && now > before ? { code: "overAssigned", used: now, total: row.total } : undefined;
}

/** What is wrong with a cell. */
export function cellFault(draft: Draft, row: Row, server: string): Fault | undefined {
  const cell = { row: rowId(row), server };
  if (parse(text(draft, cell)) === undefined) return { code: "notANumber" };
  if (!row.redundancy || value(draft, cell) <= saved(draft.base, cell)) return undefined;
  const redundant = value(draft, cell) + redundantBeside(draft, row, cell);
  const primary = primaryElsewhere(draft, row, server);
  return redundant > primary ? { code: "redundancy", redundant, primary } : undefined;
}

/** Whether something would be refused. */
export function hasFault(draft: Draft): boolean {
  const servers = columns(draft.base);
  return draft.base.rows.some((row) => rowFault(draft, row) || servers.some((server) => cellFault(draft, row, server.serverId)));
}

/** The cells that differ from what is saved, with what a save sends. */
export function changes(draft: Draft): (Cell & { from: number; to: number })[] {
  return [...draft.typed.keys()].flatMap((id) => {
    const [row = "", server = ""] = id.split("#");
    const [from, to] = [saved(draft.base, { row, server }), value(draft, { row, server })];
    return from === to ? [] : [{ row, server, from, to }];
  });
}

/** A cell that somebody else changed since. */
export interface Meanwhile extends Cell {
  was: number;
  is: number;
  /** What is typed here, where something is. */
  typed: number | undefined;
}

/**
 * The same numbers over a newer state of the account, and what changed meanwhile. What was typed stays; a cell of a row or
 * server that is gone is forgotten.
 */
export function rebase(draft: Draft, base: Account): { draft: Draft; meanwhile: Meanwhile[] } {
  const servers = new Set(columns(base).map((server) => server.serverId));
  const rows = new Set(base.rows.map(rowId));
  const typed = new Map<string, string>();
  for (const [id, text] of draft.typed) {
    const [row = "", server = ""] = id.split("#");
    if (rows.has(row) && servers.has(server) && parse(text) !== saved(base, { row, server })) typed.set(id, text);
  }
  const meanwhile = base.rows.flatMap((row) =>
    [...servers].flatMap((server) => {
      const cell = { row: rowId(row), server };
      const [was, is] = [saved(draft.base, cell), saved(base, cell)];
      const here = typed.get(cellId(cell));
      return was === is ? [] : [{ ...cell, was, is, typed: here === undefined ? undefined : parse(here) }];
    }),
  );
  return { draft: { base, typed, past: [] }, meanwhile };
}
