// The audit trail of an account.

import { useState } from "preact/hooks";

import { api, told, type Account, type Entry } from "../api";
import { actionName, says, trail, type Told } from "../history/sentence";
import { saveTable } from "../history/table";
import { useWrite } from "../loading";
import { usePaged, type Page } from "../paged";
import { Loading, Trouble } from "../parts/basics";
import { put, words } from "../words";

const EVERY_MS = 15_000;

async function load(accountId: string, cursor?: string): Promise<Page<Entry>> {
  const page = await told(api.GET("/v1/accounts/{accountId}/audit", { params: { path: { accountId }, query: cursor ? { cursor } : {} } }));
  if (typeof page === "string") throw new Error("asked for JSON, not for a table");
  return { items: page.entries, next: page.nextCursor ?? undefined };
}

export function History({ account }: { account: Account }) {
  const { accountId } = account;
  const { page, problem, reload, more } = usePaged(`audit ${accountId}`, (cursor) => load(accountId, cursor), (entry) => entry.id, EVERY_MS);
  const [action, setAction] = useState("");
  const [text, setText] = useState("");
  const { history, customers } = words.value;
  if (!page) return problem ? <Trouble problem={problem} retry={() => void reload()} /> : <Loading />;
  const entries = trail(page.items, account);
  const shown = entries.filter((told) => (!action || told.entry.action === action) && says(told, text));
  return (
    <section class="card" aria-labelledby="history">
      <h2 id="history">{history.title}</h2>
      <div class="searches">
        <label class="field">
          <span>{history.filter}</span>
          <input type="search" value={text} onInput={(event) => setText(event.currentTarget.value)} />
        </label>
        <Actions entries={entries} chosen={action} onChoose={setAction} />
        <Download account={account} />
      </div>
      <Trouble problem={problem} />
      <p class="muted" role="status">
        {put(history.shown, { shown: shown.length, loaded: entries.length })}
      </p>
      {shown.length === 0 && <p class="empty">{entries.length ? history.noMatch : history.empty}</p>}
      <ol class="trail">
        {shown.map((told) => (
          <Line key={told.entry.id} told={told} />
        ))}
      </ol>
      <Trouble problem={more.problem} />
      {page.next && (
        <button type="button" class="button" aria-disabled={more.busy} onClick={() => void more.load()}>
          {customers.more}
        </button>
      )}
    </section>
  );
}

function Line({ told: { sentence, changes, by } }: { told: Told }) {
  return (
    <li>
      {sentence}
      {changes.length > 0 && (
        <ul class="changes">
          {changes.map((change) => (
            <li key={change}>{change}</li>
          ))}
        </ul>
      )}
      <div class="muted">{by}</div>
    </li>
  );
}

/** Offers the actions that were loaded. */
function Actions({ entries, chosen, onChoose }: { entries: Told[]; chosen: string; onChoose: (action: string) => void }) {
  const { history } = words.value;
  const actions = [...new Set(entries.map(({ entry }) => entry.action))].map((action) => ({ action, name: actionName(action) }));
  actions.sort((one, other) => one.name.localeCompare(other.name));
  return (
    <label class="field narrower">
      <span>{history.action}</span>
      <select value={chosen} onChange={(event) => onChoose(event.currentTarget.value)}>
        <option value="">{history.all}</option>
        {actions.map(({ action, name }) => (
          <option key={action} value={action}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

function Download({ account }: { account: Account }) {
  const write = useWrite();
  return (
    <div class="beside">
      <button type="button" class="button" aria-disabled={write.busy} onClick={() => void write.run(() => saveTable(account))}>
        {words.value.history.csv}
      </button>
      <Trouble problem={write.problem} />
    </div>
  );
}
