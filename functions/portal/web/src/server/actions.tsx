// What can be done with a server. What can't be taken back asks first, and says what follows.

import { useState } from "preact/hooks";

import { api, onceKey, told, type Account, type Server } from "../api";
import { moment, number } from "../format";
import { useWrite } from "../loading";
import { plainName } from "../matrix/name";
import { Ask, type Asked } from "../parts/basics";
import { go } from "../router";
import { put, words } from "../words";
import type { Details } from "./view";

type Act = "disable" | "enable" | "release" | "delete";

interface Props {
  account: Account;
  server: Server;
  details: Details | undefined;
  onDone: (sentence: string) => Promise<void>;
}

export function Actions({ account, server, details, onDone }: Props) {
  const { server: texts } = words.value;
  const [asks, setAsks] = useState<Act | undefined>();
  const write = useWrite();
  const params = () => ({ path: { accountId: account.accountId, serverId: server.serverId }, header: onceKey() });

  const doIt: Record<Act, () => Promise<string>> = {
    disable: async () => {
      const { effectiveAt } = await told(api.POST("/v1/accounts/{accountId}/servers/{serverId}/disable", { params: params() }));
      return put(texts.disabled, { at: moment(effectiveAt) });
    },
    enable: async () => {
      const { inTime, givenAway } = await told(api.POST("/v1/accounts/{accountId}/servers/{serverId}/enable", { params: params() }));
      if (!inTime) return texts.enabledLate;
      const gone = givenAway.map((given) => `${number(given.capacity)} ${plainName(given)}`).join(", ");
      return gone ? put(texts.enabledLess, { gone }) : texts.enabled;
    },
    release: async () => {
      await told(api.POST("/v1/accounts/{accountId}/servers/{serverId}/release", { params: params(), body: {} }));
      return texts.released;
    },
    delete: async () => {
      await told(api.DELETE("/v1/accounts/{accountId}/servers/{serverId}", { params: params() }));
      return texts.deleted;
    },
  };

  const act = (act: Act) =>
    write.run(async () => {
      const sentence = await doIt[act]();
      setAsks(undefined);
      await onDone(sentence);
      if (act === "delete") go({ screen: "account", account: account.accountId, tab: "licences" }, true);
    });

  const offered: Act[] = [
    server.status === "disabled" ? "enable" : "disable",
    ...(server.status === "active" ? (["release"] as const) : []),
    ...(server.activatedOnce ? [] : (["delete"] as const)),
  ];
  return (
    <div class="actions">
      {offered.map((name) => (
        <button
          key={name}
          type="button"
          class={name === "enable" ? "button first" : "button danger"}
          onClick={() => {
            write.clear();
            setAsks(name);
          }}
        >
          {texts[name]}
        </button>
      ))}
      {asks && (
        <Ask asked={question(asks, server, details)} busy={write.busy} problem={write.problem} onYes={() => void act(asks)} onNo={() => setAsks(undefined)} />
      )}
    </div>
  );
}

function question(act: Act, server: Server, details: Details | undefined): Asked {
  const { server: texts } = words.value;
  const name = { server: server.name };
  const late = server.disabledFrom && new Date(server.disabledFrom) <= new Date();
  switch (act) {
    case "disable":
      return { title: put(texts.disableTitle, name), text: <p>{texts.disableText}</p>, action: texts.disable, danger: true };
    case "enable":
      return { title: put(texts.enableTitle, name), text: <p>{late ? texts.enableLateText : texts.enableText}</p>, action: texts.enable };
    case "release": {
      const left = details ? put(texts.releasesLeft, { count: details.releasesLeft }) : "";
      return {
        title: put(texts.releaseTitle, name),
        text: (
          <p>
            {texts.releaseText} {left}
          </p>
        ),
        action: texts.release,
        danger: true,
      };
    }
    case "delete":
      return { title: put(texts.deleteTitle, name), text: <p>{texts.deleteText}</p>, action: texts.delete, danger: true };
  }
}
