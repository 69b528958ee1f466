// The licence table, and saving it.

import { useEffect, useRef, useState } from "preact/hooks";

import { api, onceKey, Problem, told, type Account, type Server } from "../api";
import { moment } from "../format";
import { useWrite, type Loaded } from "../loading";
import * as draft from "../matrix/draft";
import type { Draft, Meanwhile } from "../matrix/draft";
import { Matrix } from "../matrix/matrix";
import { rowName } from "../matrix/name";
import { Dialog, Link, Trouble } from "../parts/basics";
import { guard } from "../router";
import { many, put, words } from "../words";

export function Licences({ loaded }: { loaded: Loaded<Account> & { data: Account } }) {
  const account = loaded.data;
  const [now, setNow] = useDraft(account);
  const [meanwhile, setMeanwhile] = useState<Meanwhile[]>([]);
  const [saved, setSaved] = useState(false);
  const save = useWrite();
  const add = useWrite();
  const mayAssign = account.may.includes("assign");
  const { licences } = words.value;
  const changed = draft.changes(now);

  const change = (next: Draft) => {
    setSaved(false);
    setNow(next);
  };

  const reloaded = async () => {
    const fresh = await loaded.reload();
    if (!fresh) return;
    const { draft: rebased, meanwhile } = draft.rebase(now, fresh);
    setNow(rebased);
    setMeanwhile(meanwhile);
  };

  const onSave = () =>
    save.run(async () => {
      try {
        await told(put_(account.accountId, now));
      } catch (cause) {
        // Somebody was faster: show what they changed, and keep what was typed.
        if (cause instanceof Problem && cause.code === "version_mismatch") return reloaded();
        throw cause;
      }
      const fresh = await loaded.reload();
      setNow(draft.begin(fresh ?? account));
      setSaved(true);
    });

  const onAdd = () =>
    add.run(async () => {
      await told(
        api.POST("/v1/accounts/{accountId}/servers", {
          params: { path: { accountId: account.accountId }, header: onceKey() },
          body: {},
        }),
      );
      const fresh = await loaded.reload();
      if (fresh) setNow(draft.rebase(now, fresh).draft);
    });

  useGuard(changed.length > 0);
  if (!account.rows.length && !account.servers.length) return <p class="card empty">{licences.empty}</p>;
  return (
    <>
      <Trouble problem={loaded.problem} />
      {draft.columns(account).length === 0 && <p class="notice plain">{licences.noServers}</p>}
      <Matrix draft={now} onChange={change} mayAssign={mayAssign} />
      <Disabled account={account} />
      <Trouble problem={save.problem ?? add.problem} />
      {mayAssign && (
        <div class="savebar">
          <button type="button" class="button" disabled={add.busy} onClick={() => void onAdd()}>
            + {licences.add}
          </button>
          <span class="grow muted" role="status">
            {changed.length > 0 ? many(licences.changes, changed.length) : saved ? licences.saved : ""}
          </span>
          <button type="button" class="button" disabled={!now.past.length} onClick={() => change(draft.undo(now))}>
            {licences.undo}
          </button>
          <button type="button" class="button" disabled={!now.typed.size} onClick={() => change(draft.discard(now))}>
            {licences.discard}
          </button>
          <button
            type="button"
            class="button first"
            disabled={save.busy || changed.length === 0 || draft.hasFault(now)}
            onClick={() => void onSave()}
          >
            {save.busy ? licences.saving : licences.save}
          </button>
        </div>
      )}
      {meanwhile.length > 0 && <Race account={now.base} meanwhile={meanwhile} onClose={() => setMeanwhile([])} />}
    </>
  );
}

function put_(accountId: string, now: Draft) {
  const assignments = draft.changes(now).map(({ row, server, to }) => {
    const found = now.base.rows.find((candidate) => draft.rowId(candidate) === row)!;
    const { application, redundancy, licenseType } = found;
    return { serverId: server, application, redundancy, licenseType, capacity: to };
  });
  const header = { ...onceKey(), "If-Match": `"${now.base.version}"` };
  return api.PUT("/v1/accounts/{accountId}/assignments", { params: { path: { accountId }, header }, body: { assignments } });
}

/**
 * The draft over the newest state of the account: what others save appears under what is typed. It outlives a new sign-in
 * in this tab.
 */
function useDraft(account: Account): [Draft, (draft: Draft) => void] {
  const kept = `draft ${account.accountId}`;
  const [state, setState] = useState<Draft>(() => restore(kept, account));
  const base = useRef(account);
  const now = state.base.version === account.version ? { ...state, base: account } : draft.rebase(state, account).draft;
  base.current = account;
  useEffect(() => {
    if (now.typed.size) sessionStorage.setItem(kept, JSON.stringify([...now.typed]));
    else sessionStorage.removeItem(kept);
  }, [kept, now.typed]);
  return [now, setState];
}

function restore(kept: string, account: Account): Draft {
  const fresh = draft.begin(account);
  try {
    const typed = new Map<string, string>(JSON.parse(sessionStorage.getItem(kept) ?? "[]"));
    return draft.rebase({ ...fresh, typed }, account).draft;
  } catch {
    return fresh;
  }
}

/** Asks before unsaved numbers are left. */
function useGuard(unsaved: boolean): void {
  useEffect(() => {
    if (!unsaved) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    guard.mayLeave = () => {
      const leaves = confirm(words.value.licences.leave);
      // Who leaves without saving does not find the numbers again.
      if (leaves) Object.keys(sessionStorage).filter((key) => key.startsWith("draft ")).forEach((key) => sessionStorage.removeItem(key));
      return leaves;
    };
    addEventListener("beforeunload", ask);
    return () => {
      guard.mayLeave = () => true;
      removeEventListener("beforeunload", ask);
    };
  }, [unsaved]);
}

/** What somebody else has saved while numbers were typed here. */
function Race({ account, meanwhile, onClose }: { account: Account; meanwhile: Meanwhile[]; onClose: () => void }) {
  const { race } = words.value.licences;
  const name = (server: string) => account.servers.find((found) => found.serverId === server)?.name ?? server;
  return (
    <Dialog title={race.title} onClose={onClose}>
      <p>{race.text}</p>
      <ul>
        {meanwhile.map(({ row, server, was, is, typed }) => {
          const found = account.rows.find((candidate) => draft.rowId(candidate) === row);
          return (
            <li key={row + server}>
              {put(race.row, { row: found ? rowName(found) : row, server: name(server), was, is })}
              {typed !== undefined && <strong> ({put(race.typed, { typed })})</strong>}
            </li>
          );
        })}
      </ul>
      <div class="actions">
        <button type="button" class="button first" onClick={onClose}>
          {race.goOn}
        </button>
      </div>
    </Dialog>
  );
}

/** Disabled servers have no column; they can be opened and enabled here. */
function Disabled({ account }: { account: Account }) {
  const disabled = account.servers.filter((server) => server.status === "disabled");
  if (!disabled.length) return null;
  const { licences } = words.value;
  const since = (server: Server) => (server.disabledFrom ? put(licences.disabledFrom, { at: moment(server.disabledFrom) }) : "");
  return (
    <details class="card">
      <summary>{many(licences.disabled, disabled.length)}</summary>
      <ul>
        {disabled.map((server) => (
          <li key={server.serverId}>
            <Link to={{ screen: "account", account: account.accountId, tab: "licences", server: server.serverId }}>{server.name}</Link>{" "}
            <span class="muted">{since(server)}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}
