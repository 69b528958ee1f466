// Two installations use one token: what tells them apart, and which one keeps the server.

import { useState } from "preact/hooks";

import { api, told, type Account, type Server } from "../api";
import { moment } from "../format";
import { useWrite } from "../loading";
import { Ask } from "../parts/basics";
import { useOnce } from "../staff/once";
import { put, words } from "../words";
import type { Details } from "./details";

type Keep = "first" | "second";

interface Props {
  account: Account;
  server: Server;
  conflict: NonNullable<Details["conflict"]>;
  onDone: (sentence: string) => Promise<void>;
}

export function ConflictChoice({ account, server, conflict, onDone }: Props) {
  const { conflict: texts, yes } = words.value.server;
  const [keep, setKeep] = useState<Keep | undefined>();
  const write = useWrite();
  const once = useOnce();
  const choose = (keep: Keep) =>
    write.run(async () => {
      const params = { path: { accountId: account.accountId, serverId: server.serverId }, header: once.key(keep) };
      await told(api.POST("/v1/accounts/{accountId}/servers/{serverId}/release", { params, body: { keep } }));
      once.next();
      setKeep(undefined);
      await onDone(texts.done);
    });
  const seen: Record<Keep, string> = {
    first: put(texts.first, { at: moment(conflict.holderSeen) }),
    second: put(texts.second, { at: moment(conflict.rivalSeen) }),
  };
  const open = (keep: Keep) => {
    write.clear();
    setKeep(keep);
  };
  const choices: Record<Keep, string> = { first: texts.keepFirst, second: texts.keepSecond };
  return (
    <div class="notice wrong" role="alert">
      <h3>{texts.title}</h3>
      <p>{texts.text}</p>
      <ul>
        <li>{seen.first}</li>
        <li>{seen.second}</li>
        <li>{put(texts.marks, { differ: conflict.marksDiffering, of: conflict.marks })}</li>
      </ul>
      {account.may.includes("assign") ? (
        <div class="actions">
          {(["first", "second"] as const).map((which) => (
            <button key={which} type="button" class="button" onClick={() => open(which)}>
              {choices[which]}
            </button>
          ))}
        </div>
      ) : (
        <p>{texts.askManager}</p>
      )}
      {keep && (
        <Ask
          asked={{
            title: choices[keep],
            text: (
              <p>
                {seen[keep]} {texts.other}
              </p>
            ),
            action: yes,
          }}
          busy={write.busy}
          problem={write.problem}
          onYes={() => void choose(keep)}
          onNo={() => setKeep(undefined)}
        />
      )}
    </div>
  );
}
