// One customer: licences, orders, people, history, and the view of a server.

import { api, told, type Me } from "../api";
import { useLoaded } from "../loading";
import { Link, Loading, Trouble } from "../parts/basics";
import { TABS, type Tab } from "../router";
import { ServerView } from "../server/view";
import { put, words } from "../words";
import { Endings } from "./endings";
import { History } from "./history";
import { Licences } from "./licences";
import { Orders } from "./orders";
import { People } from "./people";

/** How often a screen that is looked at is loaded again: an activation appears without a reload. */
const EVERY_MS = 10_000;

interface Props {
  account: string;
  tab: Tab;
  server: string | undefined;
  me: Me;
  /** Whether this is the only account that the reader has. */
  alone: boolean;
}

export function Account({ account: id, tab, server, me, alone }: Props) {
  const loaded = useLoaded(
    `account ${id}`,
    () => told(api.GET("/v1/accounts/{accountId}", { params: { path: { accountId: id } } })),
    EVERY_MS,
  );
  const { data: account, problem } = loaded;
  if (!account) return problem ? <Trouble problem={problem} retry={() => void loaded.reload()} /> : <Loading />;
  return (
    <>
      {!alone && (
        <p class="crumb">
          <Link to={{ screen: "customers" }}>{words.value.frame.customers}</Link>
        </p>
      )}
      <div class="title">
        <h1>{put(words.value.licences.title, { customer: account.customer.name })}</h1>
        <span class="muted">{put(words.value.account.number, { number: account.customer.number })}</span>
      </div>
      <nav class="tabs" aria-label={account.customer.name}>
        {TABS.map((name) => (
          <Link key={name} to={{ screen: "account", account: id, tab: name }} aria-current={name === tab ? "page" : undefined}>
            {words.value.account.tabs[name]}
          </Link>
        ))}
      </nav>
      {!account.may.includes("assign") && tab === "licences" && !me.staff && <p class="muted">{words.value.frame.reader}</p>}
      {tab === "licences" && server && <ServerView account={account} server={server} loaded={loaded} isStaff={me.staff} />}
      {tab === "licences" && !server && <Licences loaded={{ ...loaded, data: account }} />}
      {tab === "endings" && <Endings account={account} />}
      {tab === "orders" && <Orders account={account} me={me} />}
      {tab === "people" && <People account={account} me={me} reload={() => void loaded.reload()} />}
      {tab === "history" && <History account={account} />}
    </>
  );
}
