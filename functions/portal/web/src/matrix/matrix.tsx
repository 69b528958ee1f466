// The licence table: a row for each kind of licence, a column for each server.

import { Fragment } from "preact";
import { useRef, useState } from "preact/hooks";

import type { Account, Note, Row, Server } from "../api";
import { date, isPast, moment, number } from "../format";
import { Link } from "../parts/basics";
import { language, put, words } from "../words";
import * as draft from "./draft";
import type { Draft, Fault } from "./draft";
import { Grants } from "./grants";
import { move } from "./keys";
import { memo } from "./memo";
import { plainName, rowName } from "./name";

interface Props {
  draft: Draft;
  onChange: (draft: Draft) => void;
  mayAssign: boolean;
}

export function Matrix({ draft: now, onChange, mayAssign }: Props) {
  const { licences } = words.value;
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const table = useRef<HTMLTableElement>(null);
  const typing = useRef("");
  const account = now.base;
  const servers = draft.columns(account);
  // What a cell hands up is applied to the draft of that moment.
  const latest = useRef(now);
  latest.current = now;

  const onType = (row: string, server: string, text: string) => {
    const cell = { row, server };
    const sameStep = typing.current === draft.cellId(cell);
    typing.current = draft.cellId(cell);
    onChange(draft.type(latest.current, cell, text, sameStep));
  };
  const onFill = (row: string, server: string) => onChange(draft.fillRest(latest.current, { row, server }));
  const toggle = (row: string) =>
    setOpen((open) => {
      const next = new Set(open);
      if (!next.delete(row)) next.add(row);
      return next;
    });
  const onKeyDown = (event: KeyboardEvent) => {
    if (!(event.target instanceof HTMLInputElement) || !table.current) return;
    const { row, server } = event.target.dataset;
    if (event.key === "Escape" && row && server) {
      typing.current = "";
      const typed = new Map(latest.current.typed);
      typed.delete(draft.cellId({ row, server }));
      onChange({ ...latest.current, typed });
    } else if (event.key.toLowerCase() === "z" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      typing.current = "";
      onChange(draft.undo(latest.current));
    } else move(table.current, event);
  };

  return (
    <>
      <p class="hidden" id="matrix-keys">
        {licences.keys}
      </p>
      <div class="matrix" tabIndex={0} role="region" aria-label={put(licences.title, { customer: account.customer.name })}>
        <table ref={table} onKeyDown={onKeyDown} onFocusOut={() => (typing.current = "")}>
          <Heads servers={servers} account={account} {...(mayAssign ? { onFill: (server: string) => onChange(draft.fillServer(latest.current, server)) } : {})} />
          <tbody>
            {account.rows.map((row) => (
              <RowView
                key={draft.rowId(row)}
                row={row}
                account={account}
                language={language.value}
                signature={draft.signature(now, row)}
                open={open.has(draft.rowId(row))}
                mayAssign={mayAssign}
                now={() => latest.current}
                onToggle={toggle}
                onType={onType}
                onFill={onFill}
              />
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

interface RowProps {
  row: Row;
  account: Account;
  language: string;
  /** What is typed for the row's application: with the account, all that decides how the row looks. */
  signature: string;
  open: boolean;
  mayAssign: boolean;
  now: () => Draft;
  onToggle: (row: string) => void;
  onType: (row: string, server: string, text: string) => void;
  onFill: (row: string, server: string) => void;
}

/** A row is drawn again only when it has changed: a table may have three thousand cells. */
const RowView = memo(({ row, account, open, mayAssign, now: latest, onToggle, onType, onFill }: RowProps) => {
  const { licences } = words.value;
  const [now, id, servers] = [latest(), draft.rowId(row), draft.columns(account)];
  const isOver = draft.rowFault(now, row) !== undefined;
  const free = draft.free(now, id);
  return (
    <Fragment>
      <tr>
        <RowHead row={row} open={open} onToggle={() => onToggle(id)} account={account} />
        <td class="wide">{licences[row.licenseType]}</td>
        <Used now={now} row={row} />
        <td class="wide">{careOf(row)}</td>
        <td class="wide">{row.start && date(row.start)}</td>
        <td class="wide">{row.termDate && date(row.termDate)}</td>
        {servers.map(({ serverId, name }) => {
          const changed = now.typed.has(draft.cellId({ row: id, server: serverId }));
          return (
            <CellView
              key={serverId}
              row={id}
              name={put(licences.cell, { row: plainName(row), server: name })}
              server={serverId}
              text={draft.text(now, { row: id, server: serverId })}
              changed={changed}
              fault={faultText(draft.cellFault(now, row, serverId))}
              bad={isOver && changed}
              free={free}
              mayAssign={mayAssign}
              onType={onType}
              onFill={onFill}
            />
          );
        })}
      </tr>
      {open && (
        <tr class="grants">
          <td colSpan={6 + servers.length}>
            <Grants account={account} row={row} />
          </td>
        </tr>
      )}
    </Fragment>
  );
});

function Heads({ servers, account, onFill }: { servers: Server[]; account: Account; onFill?: (server: string) => void }) {
  const { licences } = words.value;
  return (
    <thead>
      <tr>
        <th scope="col">{licences.name}</th>
        <th scope="col" class="wide">
          {licences.type}
        </th>
        <th scope="col" class="number">
          {licences.used}
        </th>
        <th scope="col" class="wide">
          {licences.care}
        </th>
        <th scope="col" class="wide">
          {licences.start}
        </th>
        <th scope="col" class="wide">
          {licences.term}
        </th>
        {servers.map((server) => (
          <th key={server.serverId} scope="col" class="server">
            <Link to={{ screen: "account", account: account.accountId, tab: "licences", server: server.serverId }} title={server.name}>
              {server.name}
            </Link>
            <span class={`status ${STATUS_LOOK[server.status]}`}>{words.value.server.statuses[server.status]}</span>
            {onFill && (
              <button type="button" class="button link" onClick={() => onFill(server.serverId)}>
                <span aria-hidden="true">{words.value.licences.fill}</span>
                <span class="hidden">{put(licences.fillServer, { server: server.name })}</span>
              </button>
            )}
          </th>
        ))}
      </tr>
    </thead>
  );
}

export const STATUS_LOOK: Record<Server["status"], string> = { active: "good", available: "", conflict: "wrong", disabled: "" };

function RowHead({ row, open, onToggle, account }: { row: Row; open: boolean; onToggle: () => void; account: Account }) {
  const { licences } = words.value;
  const unit = licences.units[row.unit];
  return (
    <th scope="row">
      <button type="button" class="open" aria-expanded={open} aria-label={put(licences.details, { row: rowName(row) })} onClick={onToggle}>
        {plainName(row)} {unit && <span class="unit">({unit})</span>}
      </button>
      <span class="narrow muted">{[licences[row.licenseType], careOf(row), period(row)].filter(Boolean).join(" · ")}</span>
      {sentences(row, account).map((sentence) => (
        <span key={sentence} class="why">
          {sentence}
        </span>
      ))}
    </th>
  );
}

function careOf(row: Row): string {
  if (!row.care) return "";
  return row.careMixed ? `${row.care.toUpperCase()} (${words.value.licences.mixed})` : row.care.toUpperCase();
}

function period(row: Row): string {
  return [row.start, row.termDate].map((day) => (day ? date(day) : "")).join(" – ");
}

/** What a person should know of a row. That all of it has ended says more than that none of it covers what is assigned. */
function sentences(row: Row, account: Account): string[] {
  const isServed = row.total > 0 || row.notes.some((note) => note.code === "inGrace");
  if (!isServed && row.termDate && isPast(row.termDate)) {
    return [put(words.value.licences.note.ended, { day: date(row.termDate) })];
  }
  return row.notes.map((note) => noteText(note, account));
}

function noteText(note: Note, account: Account): string {
  const { note: texts } = words.value.licences;
  switch (note.code) {
    case "inGrace":
      return put(texts.inGrace, { capacity: number(note.capacity), until: moment(note.until) });
    case "overAssigned":
      return put(texts.overAssigned, { by: number(note.by) });
    case "redundancyBroken": {
      const server = account.servers.find((server) => server.serverId === note.serverId)?.name ?? note.serverId;
      return put(texts.redundancyBroken, { server, redundant: number(note.redundant), primary: number(note.primary) });
    }
    case "spent": {
      const server = account.servers.find((server) => server.serverId === note.serverId)?.name ?? note.serverId;
      return put(texts.spent, { server, capacity: number(note.capacity), assigned: number(note.assigned) });
    }
    case "endsSoon":
      return put(texts.endsSoon, { capacity: number(note.capacity), lastDay: date(note.lastDay), grace: account.policy.termGraceDays });
  }
}

function Used({ now, row }: { now: Draft; row: Row }) {
  const { licences } = words.value;
  const used = draft.used(now, draft.rowId(row));
  const fault = faultText(draft.rowFault(now, row));
  return (
    <td class="number">
      <span class={used > row.total ? "over" : ""}>
        {number(used)} / {number(row.total)}
      </span>
      <br />
      {fault ? <span class="over">{fault}</span> : used < row.total && <span class="muted">{put(licences.left, { count: number(row.total - used) })}</span>}
    </td>
  );
}

function faultText(fault: Fault | undefined): string | undefined {
  if (!fault) return undefined;
  const { fault: texts } = words.value.licences;
  switch (fault.code) {
    case "notANumber":
      return texts.notANumber;
    case "overAssigned":
      return put(texts.overAssigned, { used: number(fault.used), total: number(fault.total) });
    case "redundancy":
      return put(texts.redundancy, { redundant: number(fault.redundant), primary: number(fault.primary) });
  }
}

interface CellProps {
  row: string;
  server: string;
  name: string;
  text: string;
  changed: boolean;
  fault: string | undefined;
  bad: boolean;
  free: number;
  mayAssign: boolean;
  onType: (row: string, server: string, text: string) => void;
  onFill: (row: string, server: string) => void;
}

const CellView = memo(({ row, server, name, text, changed, fault, bad, free, mayAssign, onType, onFill }: CellProps) => {
  const { licences } = words.value;
  if (!mayAssign) return <td class="cell">{number(Number(text))}</td>;
  const id = `fault-${row}-${server}`;
  return (
    <td class="cell">
      <input
        type="text"
        inputMode="numeric"
        autocomplete="off"
        class={changed ? "changed" : ""}
        aria-label={name}
        aria-invalid={fault || bad ? "true" : undefined}
        aria-describedby={fault ? id : "matrix-keys"}
        data-row={row}
        data-server={server}
        value={text}
        onFocus={(event) => event.currentTarget.select()}
        onInput={(event) => onType(row, server, event.currentTarget.value)}
        onDblClick={() => free > 0 && onFill(row, server)}
        title={free > 0 ? put(licences.fillCell, { count: number(free) }) : ""}
      />
      {fault && <small id={id}>{fault}</small>}
    </td>
  );
});

