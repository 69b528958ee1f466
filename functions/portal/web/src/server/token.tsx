// The server token: shown, copied, mailed by the reader's own mail program, made anew. It is never kept anywhere here.

import { useRef, useState } from "preact/hooks";

import { api, told, type Server } from "../api";
import { config } from "../config";
import { useLoaded, useWrite } from "../loading";
import { Ask, Loading, sentence, Trouble } from "../parts/basics";
import { useOnce } from "../staff/once";
import { words } from "../words";
import { letter } from "./letter";
import { reached } from "./reached";

export function Token({ server }: { server: Server }) {
  const { server: texts } = words.value;
  const { serverId } = server;
  // The first capacity makes the token: then it is asked for again.
  const loaded = useLoaded(`token ${serverId} ${server.items.length > 0}`, () =>
    told(api.GET("/v1/servers/{serverId}/token", { params: { path: { serverId } } })),
  );
  const [asks, setAsks] = useState(false);
  const [said, setSaid] = useState("");
  const renew = useWrite();
  const once = useOnce();
  const onRenew = () =>
    renew.run(async () => {
      const params = { path: { serverId }, header: once.key() };
      loaded.show(await told(api.POST("/v1/servers/{serverId}/token", { params })));
      once.next();
      setAsks(false);
      setSaid(texts.renewed);
    });
  const open = () => {
    renew.clear();
    setSaid("");
    setAsks(true);
  };
  const { data, problem } = loaded;
  return (
    <section class="card" aria-labelledby="token-title">
      <h2 id="token-title">{texts.token}</h2>
      {data ? (
        <Shown server={server} token={data.token} said={said} onSaid={setSaid} onRenew={open} />
      ) : problem?.code === "no_token_yet" ? (
        <p class="muted">{sentence(problem)}</p>
      ) : problem ? (
        <Trouble problem={problem} retry={() => void loaded.reload()} />
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

interface ShownProps {
  server: Server;
  token: string;
  said: string;
  onSaid: (sentence: string) => void;
  onRenew: () => void;
}

function Shown({ server, token, said, onSaid, onRenew }: ShownProps) {
  const { server: texts, frame } = words.value;
  const code = useRef<HTMLElement>(null);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(token);
      onSaid(frame.copied);
    } catch {
      // Where the browser does not let a page write there, the reader copies what is selected.
      if (code.current) getSelection()?.selectAllChildren(code.current);
      onSaid(texts.copyRefused);
    }
  };
  const told = { server: server.name, token, ...reached(), vendor: config.value?.vendorName ?? "" };
  return (
    <>
      <p class="token">
        <code ref={code}>{token}</code>
      </p>
      <p class="muted">{texts.tokenHint}</p>
      <div class="actions">
        <button type="button" class="button first" onClick={() => void copy()}>
          {texts.copy}
        </button>
        <a class="button" href={letter(told)}>
          {texts.mailToken}
        </a>
        <button type="button" class="button" onClick={onRenew}>
          {texts.renew}
        </button>
        <span role="status" class="muted">
          {said}
        </span>
      </div>
    </>
  );
}
