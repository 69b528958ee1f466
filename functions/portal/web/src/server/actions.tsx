// What can be done with a server. It asks first, and says what follows.

import { useState } from "preact/hooks";

import { api, told, type Account, type Server } from "../api";
import { moment, number } from "../format";
import { useWrite } from "../loading";
import { poolName, rowName } from "../matrix/name";
import { Ask, type Asked } from "../parts/basics";
import { go } from "../router";
import { useOnce } from "../staff/once";
import { many, put, words } from "../words";
import { isOff } from "./expected";
import type { Details } from "./details";

type Act = "disable" | "enable" | "release" | "delete";

interface Props {
  account: Account;
  server: Server;
  details: Details | undefined;
  onDone: (sentence?: string) => Promise<void>;
}

export function Actions({ account, server, details, onDone }: Props) {
  const { server: texts } = words.value;
  const [asks, setAsks] = useState<Act | undefined>();
  const write = useWrite();
  const once = useOnce();
  const act = (act: Act) =>
    write.run(async () => {
      const sentence = await perform(act, account, server, once.key(act));
      once.next();
      setAsks(undefined);
      await onDone(sentence);
      if (act === "delete") go({ screen: "account", account: account.accountId, tab: "licences" }, true);
    });
  const ask = (act: Act) => {
    write.clear();
    setAsks(act);
  };
  // What an offline AppSuite has is returned by a string, or lost.
  const isReleasable = server.status === "active" && server.mode === "online";
  const isUsedUp = details?.releasesLeft === 0;
  const offered: Act[] = [
    server.status === "disabled" ? "enable" : "disable",
    ...(isReleasable && !isUsedUp ? (["release"] as const) : []),
    ...(server.activatedOnce ? [] : (["delete"] as const)),
  ];
  return (
    <>
      <div class="actions">
        {offered.map((name) => (
          <button key={name} type="button" class={name === "enable" ? "button first" : "button danger"} onClick={() => ask(name)}>
            {texts[name]}
          </button>
        ))}
      </div>
      {isReleasable && isUsedUp && <p class="muted after">{texts.releasesNone}</p>}
      {asks && (
        <Ask asked={question(asks, server, details)} busy={write.busy} problem={write.problem} onYes={() => void act(asks)} onNo={() => setAsks(undefined)} />
      )}
    </>
  );
}

/** Does it, and answers what to say of it. */
async function perform(act: Act, account: Account, server: Server, header: { "Idempotency-Key": string }): Promise<string> {
  const { server: texts } = words.value;
  const params = { path: { accountId: account.accountId, serverId: server.serverId }, header };
  switch (act) {
    case "disable":
      await told(api.POST("/v1/accounts/{accountId}/servers/{serverId}/disable", { params }));
      // The server says itself until when it runs.
      return "";
    case "enable": {
      const { inTime, givenAway } = await told(api.POST("/v1/accounts/{accountId}/servers/{serverId}/enable", { params }));
      if (!inTime) return texts.enabledLate;
      const gone = givenAway.map((given) => `${number(given.capacity)} ${poolName(given, account)}`).join(", ");
      return gone ? put(texts.enabledLess, { gone }) : texts.enabled;
    }
    case "release":
      await told(api.POST("/v1/accounts/{accountId}/servers/{serverId}/release", { params, body: {} }));
      return texts.released;
    case "delete":
      await told(api.DELETE("/v1/accounts/{accountId}/servers/{serverId}", { params }));
      return texts.deleted;
  }
}

function question(act: Act, server: Server, details: Details | undefined): Asked {
  const { server: texts } = words.value;
  const title = (form: string) => put(form, { server: server.name });
  switch (act) {
    case "disable":
      return { title: title(texts.disableTitle), text: <Disabling server={server} />, action: texts.disable, danger: true };
    case "enable": {
      const until = server.disabledFrom ? put(texts.enableUntil, { at: moment(server.disabledFrom) }) : "";
      const text = isOff(server, new Date()) ? texts.enableLateText : `${texts.enableText} ${until}`;
      return { title: title(texts.enableTitle), text: <p>{text}</p>, action: texts.enable };
    }
    case "release": {
      const left = details ? many(texts.releasesLeft, details.releasesLeft) : "";
      return { title: title(texts.releaseTitle), text: <p>{`${texts.releaseText} ${left}`}</p>, action: texts.release, danger: true };
    }
    case "delete":
      return { title: title(texts.deleteTitle), text: <p>{texts.deleteText}</p>, action: texts.delete, danger: true };
  }
}

/** What happens to a server that is disabled, and what becomes free. */
function Disabling({ server }: { server: Server }) {
  const { server: texts } = words.value;
  return (
    <>
      <p>{texts.disableText}</p>
      {server.items.length > 0 && (
        <>
          <p>{texts.disableFrees}</p>
          <ul>
            {server.items.map((item) => (
              <li key={`${item.application} ${item.redundancy} ${item.licenseType}`}>{`${number(item.used)} ${rowName(item)}`}</li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}
