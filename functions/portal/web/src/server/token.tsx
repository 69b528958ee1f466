// The server token: shown, copied, mailed by the reader's own mail program, made anew. It is never kept anywhere here.

import { useState } from "preact/hooks";

import { api, onceKey, told, type Server } from "../api";
import { config } from "../config";
import { useLoaded, useWrite } from "../loading";
import { Ask, Loading, sentence, Trouble } from "../parts/basics";
import { put, words } from "../words";

export function Token({ server }: { server: Server }) {
  const { server: texts } = words.value;
  const path = { serverId: server.serverId };
  const shown = useLoaded(`token ${server.serverId} ${server.items.length > 0}`, () =>
    told(api.GET("/v1/servers/{serverId}/token", { params: { path } })),
  );
  const [asks, setAsks] = useState(false);
  const renew = useWrite();
  const onRenew = () =>
    renew.run(async () => {
      shown.show(await told(api.POST("/v1/servers/{serverId}/token", { params: { path, header: onceKey() } })));
      setAsks(false);
    });
  return (
    <section class="card" aria-labelledby="token-title">
      <h2 id="token-title">{texts.token}</h2>
      {shown.problem && !shown.data ? (
        shown.problem.code === "no_token_yet" ? <p class="muted">{sentence(shown.problem)}</p> : <Trouble problem={shown.problem} retry={() => void shown.reload()} />
      ) : shown.data ? (
        <>
          <p class="token">
            <code>{shown.data.token}</code>
          </p>
          <p class="muted">{texts.tokenHint}</p>
          <div class="actions">
            <Copy text={shown.data.token} />
            <a class="button" href={letter(server, shown.data.token)}>
              {texts.mailToken}
            </a>
            <button type="button" class="button" onClick={() => setAsks(true)}>
              {texts.renew}
            </button>
          </div>
        </>
      ) : (
        <Loading />
      )}
      {asks && (
        <Ask
          asked={{ title: texts.renewTitle, text: <p>{texts.renewText}</p>, action: texts.renew, danger: true }}
          busy={renew.busy}
          problem={renew.problem}
          onYes={() => void onRenew()}
          onNo={() => setAsks(false)}
        />
      )}
    </section>
  );
}

function Copy({ text }: { text: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
  };
  return (
    <>
      <button type="button" class="button first" onClick={() => void copy()}>
        {words.value.server.copy}
      </button>
      <span role="status" class="muted">
        {copied ? words.value.frame.copied : ""}
      </span>
    </>
  );
}

/** A letter that the reader's own mail program sends; no server of ours sees it. */
function letter(server: Server, token: string): string {
  const { server: texts } = words.value;
  const subject = put(texts.letterSubject, { server: server.name });
  const vendor = config.value?.vendorName ?? "";
  const body = put(texts.letter, { server: server.name, token, host: location.host, vendor });
  return `mailto:?subject=${encodeURIComponent(subject)}&body=${encodeURIComponent(body)}`;
}
