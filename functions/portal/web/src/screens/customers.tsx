// The customers that somebody manages, or all of them for staff.

import { useEffect, useState } from "preact/hooks";

import { api, told, type Me, type Problem, type Summary } from "../api";
import { country, date, isPast, number } from "../format";
import { useLoaded } from "../loading";
import { Link, Loading, Scroll, Trouble } from "../parts/basics";
import { Find } from "../staff/find";
import { many, put, words } from "../words";

/** How long typing rests before it is searched for. */
const REST_MS = 250;

interface Pages {
  accounts: Summary[];
  next: string | undefined;
}

async function load(query: string, cursor?: string): Promise<Pages> {
  const pages: Pages = { accounts: [], next: cursor };
  // With a query a page may hold few or none although more follow.
  do {
    const asked = { ...(query ? { query } : {}), ...(pages.next ? { cursor: pages.next } : {}) };
    const page = await told(api.GET("/v1/accounts", { params: { query: asked } }));
    pages.accounts.push(...page.accounts);
    pages.next = page.nextCursor ?? undefined;
  } while (pages.next && pages.accounts.length < 50);
  return pages;
}

export function Customers({ me }: { me: Me }) {
  const { customers } = words.value;
  const [typed, setTyped] = useState("");
  const [query, setQuery] = useState("");
  useEffect(() => {
    const timer = setTimeout(() => setQuery(typed.trim()), REST_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  const first = useLoaded(`accounts ${query}`, () => load(query));
  return (
    <>
      <div class="title">
        <h1>{customers.title}</h1>
        {me.staff && (
          <span>
            <Link to={{ screen: "mails" }}>{words.value.frame.parked}</Link> · <Link to={{ screen: "events" }}>{words.value.frame.parkedEvents}</Link>
          </span>
        )}
      </div>
      <div class="searches">
        <label class="field">
          <span>{customers.search}</span>
          <input type="search" value={typed} onInput={(event) => setTyped(event.currentTarget.value)} autoFocus />
        </label>
        {me.staff && <Find />}
      </div>
      <Trouble problem={first.problem} retry={() => void first.reload()} />
      {first.data ? <Results key={query} query={query} first={first.data} /> : !first.problem && <Loading />}
    </>
  );
}

function Results({ query, first }: { query: string; first: Pages }) {
  const { customers } = words.value;
  const [more, setMore] = useState<Pages | undefined>();
  const [problem, setProblem] = useState<Problem | undefined>();
  const accounts = [...first.accounts, ...(more?.accounts ?? [])];
  const next = more ? more.next : first.next;
  const showMore = async () => {
    try {
      const page = await load(query, next);
      setMore({ accounts: [...(more?.accounts ?? []), ...page.accounts], next: page.next });
      setProblem(undefined);
    } catch (cause) {
      setProblem(cause as Problem);
    }
  };
  if (!accounts.length) return <p class="card empty">{query ? put(customers.noMatch, { text: query }) : customers.empty}</p>;
  return (
    <>
      <div class="card">
        <Scroll label={customers.title}>
        <table class="list">
          <caption class="hidden">{customers.title}</caption>
          <thead>
            <tr>
              <th scope="col">{customers.customer}</th>
              <th scope="col">{customers.country}</th>
              <th scope="col" class="number">
                {customers.servers}
              </th>
              <th scope="col">{customers.unassigned}</th>
              <th scope="col">{customers.endsNext}</th>
            </tr>
          </thead>
          <tbody>
            {accounts.map((account) => (
              <Customer key={account.accountId} account={account} />
            ))}
          </tbody>
        </table>
        </Scroll>
        <p class="muted" role="status">
          {many(customers.count, accounts.length)}
        </p>
        <Trouble problem={problem} />
        {next && (
          <button type="button" class="button" onClick={() => void showMore()}>
            {customers.more}
          </button>
        )}
      </div>
    </>
  );
}

function Customer({ account }: { account: Summary }) {
  const { customers } = words.value;
  return (
    <tr>
      <td>
        <Link to={{ screen: "account", account: account.accountId, tab: "licences" }}>{account.customer.name}</Link>
        <br />
        <span class="muted">{account.customer.number}</span>
      </td>
      <td>{country(account.customer.country)}</td>
      <td class="number">{number(account.servers)}</td>
      <td>{account.rowsUnassigned > 0 && <span class="status wrong">{many(customers.unassignedRows, account.rowsUnassigned)}</span>}</td>
      <td>{account.endsNext && <Ends day={account.endsNext} />}</td>
    </tr>
  );
}

function Ends({ day }: { day: string }) {
  if (!isPast(day)) return <>{date(day)}</>;
  return <span class="status wrong">{put(words.value.customers.ended, { day: date(day) })}</span>;
}
