// Two installations use one token: what tells them apart, and which one keeps the server.

import { useState } from "preact/hooks";

import { api, onceKey, told, type Account, type Server } from "../api";
import { moment } from "../format";
import { useWrite } from "../loading";
import { Ask } from "../parts/basics";
import { put, words } from "../words";
import type { Details } from "./view";

type Conflict = NonNullable<Details["conflict"]>;
type Keep = "first" | "second";

export function ConflictChoice({
  account,
  server,
  conflict,
  onDone,
}: {
  account: Account;
  server: Server;
  conflict: Conflict;
  onDone: (sentence: string) => Promise<void>;
}) {
  const { conflict: texts } = words.value.server;
  const [keep, setKeep] = useState<Keep | undefined>();
  const write = useWrite();
  const choose = () =>
    write.run(async () => {
      const params = { path: { accountId: account.accountId, serverId: server.serverId }, header: onceKey() };
      await told(api.POST("/v1/accounts/{accountId}/servers/{serverId}/release", { params, body: { keep: keep ?? "first" } }));
      setKeep(undefined);
      await onDone(texts.done);
    });
  const mayAssign = account.may.includes("assign");
  return (
    <div class="notice wrong" role="alert">
      <h3>{texts.title}</h3>
      <p>{texts.text}</p>
      <ul>
        <li>{put(texts.first, { at: moment(conflict.holderSeen) })}</li>
        <li>{put(texts.second, { at: moment(conflict.rivalSeen) })}</li>
        <li>{put(texts.marks, { differ: conflict.marksDiffering, of: conflict.marks })}</li>
      </ul>
      {mayAssign && (
        <div class="actions">
          <button type="button" class="button" onClick={() => setKeep("first")}>
            {texts.keepFirst}
          </button>
          <button type="button" class="button" onClick={() => setKeep("second")}>
            {texts.keepSecond}
          </button>
        </div>
      )}
      {keep && (
        <Ask
          asked={{
            title: keep === "first" ? texts.keepFirst : texts.keepSecond,
            text: <p>{texts.other}</p>,
            action: words.value.server.yes,
          }}
          busy={write.busy}
          problem={write.problem}
          onYes={() => void choose()}
          onNo={() => setKeep(undefined)}
        />
      )}
    </div>
  );
}
