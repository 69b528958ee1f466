// "Server deployment": one server, what it has, how it stands, and what can be done with it.

import { useState } from "preact/hooks";

import { api, onceKey, told, type Account, type Item, type Server } from "../api";
import { distance, moment, number } from "../format";
import { useLoaded, useWrite, type Loaded } from "../loading";
import { STATUS_LOOK } from "../matrix/matrix";
import { plainName } from "../matrix/name";
import { Link, Loading, Scroll, Trouble } from "../parts/basics";
import { put, words } from "../words";
import { Actions } from "./actions";
import { ConflictChoice } from "./conflict";
import { Token } from "./token";

/** How often what only check-ins know is looked at again. */
const EVERY_MS = 10_000;

export type Details = Awaited<ReturnType<typeof load>>;

function load(serverId: string) {
  return told(api.GET("/v1/servers/{serverId}", { params: { path: { serverId } } }));
}

export function ServerView({ account, server: id, loaded }: { account: Account; server: string; loaded: Loaded<Account> }) {
  const details = useLoaded(`server ${id}`, () => load(id), EVERY_MS);
  const server = account.servers.find((server) => server.serverId === id);
  const [said, setSaid] = useState("");
  const again = async (sentence = "") => {
    setSaid(sentence);
    await Promise.all([loaded.reload(), details.reload()]);
  };
  const back = { screen: "account", account: account.accountId, tab: "licences" } as const;
  if (!server) return said ? <p class="notice good">{said}</p> : <Trouble problem={details.problem} />;
  return (
    <>
      <p class="crumb">
        <Link to={back}>{words.value.server.back}</Link>
      </p>
      {said && (
        <p class="notice good" role="status">
          {said}
        </p>
      )}
      <section class="card" aria-labelledby="server-name">
        <Name account={account} server={server} onDone={again} />
        <Facts server={server} details={details.data} mayAssign={account.may.includes("assign")} account={account} onDone={again} />
        {details.data?.conflict && <ConflictChoice account={account} server={server} conflict={details.data.conflict} onDone={again} />}
        {!details.data && (details.problem ? <Trouble problem={details.problem} /> : <Loading />)}
        <Items server={server} details={details.data} />
      </section>
      {account.may.includes("seeToken") && <Token server={server} key={id} />}
      {account.may.includes("assign") && <Actions account={account} server={server} details={details.data} onDone={again} />}
    </>
  );
}

function Name({ account, server, onDone }: { account: Account; server: Server; onDone: () => Promise<void> }) {
  const { server: texts, frame } = words.value;
  const [typed, setTyped] = useState<string | undefined>();
  const write = useWrite();
  const rename = () =>
    write.run(async () => {
      const params = { path: { accountId: account.accountId, serverId: server.serverId }, header: onceKey() };
      await told(api.PATCH("/v1/accounts/{accountId}/servers/{serverId}", { params, body: { name: typed ?? "" } }));
      setTyped(undefined);
      await onDone();
    });
  if (typed === undefined) {
    return (
      <div class="title">
        <h2 id="server-name">{server.name}</h2>
        <span class="muted">{server.serverId}</span>
        {account.may.includes("assign") && (
          <button type="button" class="button link" onClick={() => setTyped(server.name)}>
            {texts.rename}
          </button>
        )}
      </div>
    );
  }
  return (
    <form
      class="title"
      onSubmit={(event) => {
        event.preventDefault();
        void rename();
      }}
    >
      <h2 id="server-name" class="hidden">
        {server.name}
      </h2>
      <input
        type="text"
        aria-label={texts.name}
        value={typed}
        maxLength={200}
        required
        autoFocus
        onInput={(event) => setTyped(event.currentTarget.value)}
        onKeyDown={(event) => event.key === "Escape" && setTyped(undefined)}
      />
      <button type="submit" class="button" disabled={write.busy || !typed.trim()}>
        {texts.rename}
      </button>
      <button type="button" class="button" onClick={() => setTyped(undefined)}>
        {frame.cancel}
      </button>
      <Trouble problem={write.problem} />
    </form>
  );
}

interface FactsProps {
  account: Account;
  server: Server;
  details: Details | undefined;
  mayAssign: boolean;
  onDone: () => Promise<void>;
}

function Facts({ account, server, details, mayAssign, onDone }: FactsProps) {
  const { server: texts } = words.value;
  const write = useWrite();
  const setMode = (mode: "online" | "offline") =>
    write.run(async () => {
      const params = { path: { accountId: account.accountId, serverId: server.serverId }, header: onceKey() };
      await told(api.PATCH("/v1/accounts/{accountId}/servers/{serverId}", { params, body: { mode } }));
      await onDone();
    });
  return (
    <>
      <dl class="facts">
        <div>
          <dt>{texts.status}</dt>
          <dd>
            <span class={`status ${STATUS_LOOK[server.status]}`}>{texts.statuses[server.status]}</span>
          </dd>
        </div>
        <div>
          <dt id="server-mode">{texts.mode}</dt>
          <dd>
            {mayAssign ? (
              <select
                aria-labelledby="server-mode"
                value={server.mode}
                disabled={write.busy}
                onChange={(event) => {
                  const wanted = event.currentTarget.value as "online" | "offline";
                  // What was refused is shown as it is.
                  event.currentTarget.value = server.mode;
                  void setMode(wanted);
                }}
              >
                <option value="online">{texts.modes.online}</option>
                <option value="offline">{texts.modes.offline}</option>
              </select>
            ) : (
              texts.modes[server.mode]
            )}
          </dd>
        </div>
        {server.disabledFrom && <Fact name={texts.disabledFrom} value={moment(server.disabledFrom)} />}
        {server.appSuiteVersion && <Fact name={texts.version} value={server.appSuiteVersion} />}
        {server.activatedAt && <Fact name={texts.activated} value={moment(server.activatedAt)} />}
        {details?.lastSeen && <Fact name={texts.lastSeen} value={distance(details.lastSeen)} />}
        {details?.nextCheckIn && <Fact name={texts.nextCheckIn} value={moment(details.nextCheckIn.earliest)} />}
        {details?.leaseUntil && <Fact name={texts.leaseUntil} value={moment(details.leaseUntil)} />}
      </dl>
      <Trouble problem={write.problem} />
    </>
  );
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function Items({ server, details }: { server: Server; details: Details | undefined }) {
  const { server: texts, licences } = words.value;
  if (!server.items.length) return <p class="empty">{texts.nothing}</p>;
  const waits = details?.lastSeen && !details.upToDate;
  return (
    <>
      {waits && (
        <p class="notice plain">
          {put(texts.waits, { at: details.nextCheckIn ? moment(details.nextCheckIn.earliest) : "" })}
        </p>
      )}
      <Scroll label={server.name}>
        <table class="list">
          <caption class="hidden">{server.name}</caption>
          <thead>
            <tr>
              <th scope="col">{texts.item}</th>
              <th scope="col" class="number">
                {texts.used}
              </th>
              <th scope="col">{texts.licenseType}</th>
              <th scope="col">{texts.itemStatus}</th>
            </tr>
          </thead>
          <tbody>
            {server.items.map((item) => (
              <tr key={`${item.application}${item.redundancy}${item.licenseType}`}>
                <td>
                  {plainName(item)} <span class="muted">{licences.units[item.unit]}</span>
                </td>
                <td class="number">
                  {number(item.used)}
                  {item.running !== item.used && <div class="muted">{put(texts.running, { count: number(item.running) })}</div>}
                </td>
                <td>{licences[item.licenseType]}</td>
                <td>
                  <span class={`status ${ITEM_LOOK[item.status]}`}>{texts.itemStatuses[item.status]}</span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </>
  );
}

const ITEM_LOOK: Record<Item["status"], string> = { active: "good", inGrace: "wrong", upcoming: "", ended: "wrong" };
