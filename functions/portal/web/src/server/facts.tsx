// How a server stands, in a row of facts.

import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";

import { api, onceKey, told, type Account, type Server } from "../api";
import { distance, moment } from "../format";
import { useWrite } from "../loading";
import { STATUS_LOOK } from "../matrix/matrix";
import { Ask, Trouble } from "../parts/basics";
import { put, words } from "../words";
import { expectedText, isLate, isOff } from "./expected";
import type { Details } from "./details";

interface Props {
  account: Account;
  server: Server;
  details: Details | undefined;
  now: Date;
  onDone: () => Promise<void>;
}

export function Facts({ account, server, details, now, onDone }: Props) {
  const { server: texts } = words.value;
  const write = useWrite();
  const [asksOffline, setAsksOffline] = useState(false);
  const setMode = (mode: Server["mode"]) =>
    write.run(async () => {
      const params = { path: { accountId: account.accountId, serverId: server.serverId }, header: onceKey() };
      await told(api.PATCH("/v1/accounts/{accountId}/servers/{serverId}", { params, body: { mode } }));
      setAsksOffline(false);
      await onDone();
    });
  const onMode = (mode: Server["mode"]) => {
    write.clear();
    if (mode === "offline") setAsksOffline(true);
    else void setMode(mode);
  };
  const expected = isOff(server, now) || server.mode === "offline" ? undefined : details;
  const next = expected?.nextCheckIn;
  return (
    <>
      <dl class="facts">
        <Fact name={texts.status}>
          <span class={`status ${STATUS_LOOK[server.status]}`}>{texts.statuses[server.status]}</span>
        </Fact>
        <Mode server={server} mayChange={account.may.includes("assign")} onChange={onMode} />
        {server.appSuiteVersion && <Fact name={texts.version}>{server.appSuiteVersion}</Fact>}
        {server.activatedAt && <Fact name={texts.activated}>{moment(server.activatedAt)}</Fact>}
        {server.mode === "online" && details?.lastSeen && <Fact name={texts.lastSeen}>{distance(details.lastSeen, now.getTime())}</Fact>}
        {next && (
          <Fact name={texts.nextCheckIn}>
            <span class={isLate(next, now) ? "late" : ""}>{expectedText(next, now)}</span>
          </Fact>
        )}
        {expected?.leaseUntil && <Fact name={texts.leaseUntil}>{moment(expected.leaseUntil)}</Fact>}
      </dl>
      {asksOffline ? (
        <Ask
          asked={{
            title: put(texts.offlineTitle, { server: server.name }),
            text: <GoingOffline until={details?.leaseUntil} />,
            action: texts.offlineYes,
          }}
          busy={write.busy}
          problem={write.problem}
          onYes={() => void setMode("offline")}
          onNo={() => setAsksOffline(false)}
        />
      ) : (
        <Trouble problem={write.problem} />
      )}
    </>
  );
}

/** What an AppSuite loses that no longer checks in, and until when one that did has to get a string. */
function GoingOffline({ until }: { until: string | null | undefined }) {
  const { server: texts } = words.value;
  return (
    <>
      <p>{texts.offlineText}</p>
      {until && <p>{put(texts.offlineUntil, { at: moment(until) })}</p>}
    </>
  );
}

function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Mode({ server, mayChange, onChange }: { server: Server; mayChange: boolean; onChange: (mode: Server["mode"]) => void }) {
  const { mode, modes } = words.value.server;
  if (!mayChange) return <Fact name={mode}>{modes[server.mode]}</Fact>;
  return (
    <div>
      <dt id="server-mode">{mode}</dt>
      <dd>
        <select
          aria-labelledby="server-mode"
          value={server.mode}
          onChange={(event) => {
            const wanted = event.currentTarget.value as Server["mode"];
            // It shows what is, also where the change is refused.
            event.currentTarget.value = server.mode;
            onChange(wanted);
          }}
        >
          <option value="online">{modes.online}</option>
          <option value="offline">{modes.offline}</option>
        </select>
      </dd>
    </div>
  );
}
