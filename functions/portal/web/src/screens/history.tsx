// The audit trail of an account.

import { useState } from "preact/hooks";

import { api, told, type Account, type Entry, type Problem } from "../api";
import { trail, sentenceOf } from "../history/sentence";
import { moment } from "../format";
import { useLoaded, useWrite } from "../loading";
import { Loading, Trouble } from "../parts/basics";
import { bearer } from "../session";
import { actorText } from "../staff/told";
import { words } from "../words";

interface Pages {
  entries: Entry[];
  next: string | undefined;
}

async function load(accountId: string, cursor?: string): Promise<Pages> {
  const page = await told(api.GET("/v1/accounts/{accountId}/audit", { params: { path: { accountId }, query: cursor ? { cursor } : {} } }));
  if (typeof page === "string") throw new Error("asked for JSON, not for a table");
  return { entries: page.entries, next: page.nextCursor ?? undefined };
}

export function History({ account }: { account: Account }) {
  const { history } = words.value;
  const first = useLoaded(`audit ${account.accountId} ${account.version}`, () => load(account.accountId));
  const [more, setMore] = useState<Pages | undefined>();
  const [problem, setProblem] = useState<Problem | undefined>();
  const [text, setText] = useState("");
  const csv = useWrite();
  if (!first.data) return first.problem ? <Trouble problem={first.problem} retry={() => void first.reload()} /> : <Loading />;
  const entries = [...first.data.entries, ...(more?.entries ?? [])];
  const next = more ? more.next : first.data.next;
  const showMore = async () => {
    try {
      const page = await load(account.accountId, next);
      setMore({ entries: [...(more?.entries ?? []), ...page.entries], next: page.next });
      setProblem(undefined);
    } catch (cause) {
      setProblem(cause as Problem);
    }
  };
  const shown = trail(entries, account).filter(({ line }) => line.toLowerCase().includes(text.trim().toLowerCase()));
  return (
    <section class="card">
      <div class="searches">
        <label class="field">
          <span>{history.filter}</span>
          <input type="search" value={text} onInput={(event) => setText(event.currentTarget.value)} />
        </label>
        <div class="actions">
          <button type="button" class="button" disabled={csv.busy} onClick={() => void csv.run(() => download(account))}>
            {history.csv}
          </button>
        </div>
      </div>
      <Trouble problem={csv.problem ?? problem} />
      {shown.length === 0 && <p class="empty">{entries.length ? history.noMatch : history.empty}</p>}
      <ol class="trail">
        {shown.map(({ entry }) => (
          <li key={entry.id}>
            {sentenceOf(entry, account)}
            <br />
            <span class="muted">
              {moment(entry.at)} · {actorText(entry)}
            </span>
          </li>
        ))}
      </ol>
      {next && (
        <button type="button" class="button" onClick={() => void showMore()}>
          {words.value.customers.more}
        </button>
      )}
    </section>
  );
}

/** The whole trail as one file: where the service cuts it, the next part is appended. */
async function download(account: Account): Promise<void> {
  const parts: string[] = [];
  let address: string | undefined = `/v1/accounts/${account.accountId}/audit`;
  while (address) {
    const answer: Response = await fetch(address, { headers: { accept: "text/csv", authorization: `Bearer ${await bearer()}` } });
    if (!answer.ok) return void (await told(Promise.resolve({ error: await answer.json(), response: answer })));
    const table = await answer.text();
    // Each part has its own line of heads.
    parts.push(parts.length ? table.slice(table.indexOf("\n") + 1) : table);
    address = /<([^>]+)>; rel="next"/.exec(answer.headers.get("link") ?? "")?.[1];
  }
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob(parts, { type: "text/csv" }));
  link.download = `${account.customer.number}.csv`;
  link.click();
  URL.revokeObjectURL(link.href);
}
