// What ends on which day, and which server loses what by it.

import { api, told, type Account, type Ending } from "../api";
import { date, number } from "../format";
import { useLoaded } from "../loading";
import { rowName } from "../matrix/name";
import { Link, Loading, Trouble } from "../parts/basics";
import { put, words } from "../words";

const EVERY_MS = 60_000;

export function Endings({ account }: { account: Account }) {
  const { accountId } = account;
  const loaded = useLoaded(
    `endings ${accountId} ${account.version}`,
    () => told(api.GET("/v1/accounts/{accountId}/endings", { params: { path: { accountId } } })),
    EVERY_MS,
  );
  const { endings } = words.value;
  const { data, problem } = loaded;
  if (!data) return problem ? <Trouble problem={problem} retry={() => void loaded.reload()} /> : <Loading />;
  return (
    <section class="card" aria-labelledby="endings">
      <h2 id="endings">{endings.title}</h2>
      <Trouble problem={problem} />
      {data.endings.length === 0 ? (
        <p class="empty">{endings.empty}</p>
      ) : (
        <>
          <p class="muted">{endings.lead}</p>
          <ol class="trail">
            {days(data.endings).map(({ day, endings }) => (
              <Day key={day} day={day} endings={endings} account={account} />
            ))}
          </ol>
        </>
      )}
    </section>
  );
}

/** What ends on the same day, together. */
function days(endings: Ending[]): { day: string; endings: Ending[] }[] {
  const days = new Map<string, Ending[]>();
  for (const ending of endings) days.set(ending.lastDay, [...(days.get(ending.lastDay) ?? []), ending]);
  return [...days].map(([day, endings]) => ({ day, endings }));
}

function Day({ day, endings, account }: { day: string; endings: Ending[]; account: Account }) {
  return (
    <li>
      <h3>
        <time dateTime={day}>{date(day)}</time>
      </h3>
      <ul class="changes">
        {endings.map((ending) => (
          <li key={`${rowName(ending)} ${ending.licenseType} ${ending.what} ${ending.care ?? ""}`}>
            {sentenceOf(ending)}
            <Losses ending={ending} account={account} />
          </li>
        ))}
      </ul>
    </li>
  );
}

function sentenceOf(ending: Ending): string {
  const { endings, licences } = words.value;
  const row = `${rowName(ending)}, ${licences[ending.licenseType]}`;
  const capacity = number(ending.capacity);
  switch (ending.what) {
    case "care":
      return put(endings.care, { row, capacity, care: (ending.care ?? "").toUpperCase() });
    case "grace":
      return put(endings.grace, { row, capacity });
    default:
      return ending.graceLastDay
        ? put(endings.graced, { row, capacity, until: date(ending.graceLastDay) })
        : put(endings.term, { row, capacity });
  }
}

function Losses({ ending, account }: { ending: Ending; account: Account }) {
  if (!ending.losses.length) return null;
  const { endings } = words.value;
  return (
    <ul>
      {ending.losses.map(({ serverId, before, after }) => (
        <li key={serverId}>
          <Link to={{ screen: "account", account: account.accountId, tab: "licences", server: serverId }}>
            {account.servers.find((server) => server.serverId === serverId)?.name ?? serverId}
          </Link>
          {": "}
          {put(endings.loss, { before: number(before), after: number(after) })}
        </li>
      ))}
    </ul>
  );
}
