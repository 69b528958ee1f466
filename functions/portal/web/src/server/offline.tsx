// An offline server: where its exchange of strings stands, and each string's way in and out.

import { useEffect, useId, useRef, useState } from "preact/hooks";

import { api, told, type Account, type Offline, type Server } from "../api";
import { moment, number } from "../format";
import { useLoaded, useWrite } from "../loading";
import { poolName } from "../matrix/name";
import { Ask, Loading, Trouble } from "../parts/basics";
import { Reasoned } from "../parts/reasoned";
import { useOnce } from "../staff/once";
import { many, put, words } from "../words";
import { compact, look, type Looked } from "./carried";

/** What is longer does not fit a code that a camera reads. */
const QR_LEN_MAX = 2_400;

interface Props {
  account: Account;
  server: Server;
  isStaff: boolean;
  onDone: (sentence?: string) => Promise<void>;
}

export function OfflinePart({ account, server, isStaff, onDone }: Props) {
  const { offline: texts } = words.value;
  const { serverId } = server;
  const loaded = useLoaded(`offline ${serverId} ${account.version}`, () =>
    told(api.GET("/v1/servers/{serverId}/offline", { params: { path: { serverId } } })),
  );
  const mayAssign = account.may.includes("assign");
  const { data, problem } = loaded;
  if (!data) {
    return <section class="card">{problem ? <Trouble problem={problem} retry={() => void loaded.reload()} /> : <Loading />}</section>;
  }
  return (
    <section class="card" aria-labelledby="offline-title">
      <h2 id="offline-title">{texts.title}</h2>
      <Standing offline={data} account={account} />
      {data.response && data.state === "responseReady" && <Response response={data.response} server={server} />}
      {mayAssign && <Upload server={server} onDone={onDone} />}
      {(mayAssign || isStaff) && data.serial != null && (
        <Lost server={server} offline={data} asStaff={isStaff && !mayAssign} onDone={onDone} />
      )}
    </section>
  );
}

/** Where it stands, in words. */
function Standing({ offline, account }: { offline: Offline; account: Account }) {
  const { offline: texts } = words.value;
  const values = { at: offline.answeredAt ? moment(offline.answeredAt) : "", serial: offline.serial ?? "" };
  const kept = offline.spent.filter((spent) => spent.capacity > spent.assigned);
  return (
    <>
      <p>{put(texts.states[offline.state], values)}</p>
      {offline.serial != null && !offline.upToDate && <p class="notice plain">{texts.changed}</p>}
      {kept.length > 0 && (
        <div class="notice plain">
          <p>{texts.kept}</p>
          <ul>
            {kept.map((spent) => (
              <li key={`${spent.application} ${spent.redundancy}`}>
                {put(texts.keptRow, {
                  row: poolName(spent, account),
                  capacity: number(spent.capacity),
                  assigned: number(spent.assigned),
                })}
              </li>
            ))}
          </ul>
        </div>
      )}
    </>
  );
}

/** The response: as a file, to copy, and as a QR code where it fits one. */
function Response({ response, server }: { response: string; server: Server }) {
  const { offline: texts, frame, server: copying } = words.value;
  const [said, setSaid] = useState("");
  const [shows, setShows] = useState(false);
  const box = useRef<HTMLTextAreaElement>(null);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(response);
      setSaid(frame.copied);
    } catch {
      box.current?.select();
      setSaid(copying.copyRefused);
    }
  };
  const download = () => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([response], { type: "text/plain" }));
    link.download = `${server.serverId}-response.txt`;
    link.click();
    URL.revokeObjectURL(link.href);
  };
  return (
    <>
      <h3>{texts.response}</h3>
      <textarea ref={box} class="carried" readOnly rows={6} aria-label={texts.response} value={response} />
      <div class="actions after">
        <button type="button" class="button first" onClick={download}>
          {texts.download}
        </button>
        <button type="button" class="button" onClick={() => void copy()}>
          {copying.copy}
        </button>
        {compact(response).length <= QR_LEN_MAX && (
          <button type="button" class="button" aria-expanded={shows} onClick={() => setShows(!shows)}>
            {texts.qr}
          </button>
        )}
        <span role="status" class="muted">
          {said}
        </span>
      </div>
      {shows && <QrCode text={compact(response)} label={texts.qrLabel} />}
    </>
  );
}

/** A QR code; what makes it is loaded when one is wanted. */
function QrCode({ text, label }: { text: string; label: string }) {
  const [code, setCode] = useState<{ path: string; size: number }>();
  useEffect(() => {
    let wanted = true;
    void import("lean-qr").then(({ generate }) => {
      const made = generate(text);
      const squares: string[] = [];
      for (let y = 0; y < made.size; y++) for (let x = 0; x < made.size; x++) if (made.get(x, y)) squares.push(`M${x} ${y}h1v1h-1z`);
      if (wanted) setCode({ path: squares.join(""), size: made.size });
    });
    return () => void (wanted = false);
  }, [text]);
  if (!code) return <Loading />;
  // Four modules of quiet all round are part of the code.
  return (
    <svg class="qr" role="img" aria-label={label} viewBox={`-4 -4 ${code.size + 8} ${code.size + 8}`}>
      <rect x="-4" y="-4" width={code.size + 8} height={code.size + 8} fill="#fff" />
      <path d={code.path} fill="#000" />
    </svg>
  );
}

/** A request or a return on its way in: pasted, typed or from a file. */
function Upload({ server, onDone }: { server: Server; onDone: Props["onDone"] }) {
  const { offline: texts } = words.value;
  const id = useId();
  const [text, setText] = useState("");
  const [fault, setFault] = useState("");
  const write = useWrite();
  const once = useOnce();
  const take = (text: string) => {
    setText(text);
    setFault("");
    write.clear();
  };
  const send = () => {
    const looked = look(text);
    const wrong = faultText(looked);
    setFault(wrong);
    if (looked.code !== "whole" || wrong) return;
    void write.run(async () => {
      const params = { path: { serverId: server.serverId }, header: once.key(text) };
      const { outcome } = await told(
        looked.kind === "request"
          ? api.POST("/v1/servers/{serverId}/offline/request", { params, body: { request: text } })
          : api.POST("/v1/servers/{serverId}/offline/return", { params, body: { return: text } }),
      );
      once.next();
      setText("");
      await onDone(outcome ? texts.outcomes[outcome] : "");
    });
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <h3>{texts.upload}</h3>
      <label class="field" for={id}>
        <span>{texts.string}</span>
        <textarea
          id={id}
          class="carried"
          rows={8}
          spellcheck={false}
          autocomplete="off"
          aria-describedby={`${id}-hint`}
          value={text}
          onInput={(event) => take(event.currentTarget.value)}
        />
      </label>
      <p id={`${id}-hint`} class="muted">
        {texts.hint}
      </p>
      {fault && (
        <p class="notice wrong" role="alert">
          {fault}
        </p>
      )}
      <Trouble problem={write.problem} />
      <div class="actions">
        <button type="submit" class="button first" disabled={write.busy}>
          {texts.send}
        </button>
        <label class="button">
          {texts.file}
          <input
            type="file"
            class="hidden"
            accept=".txt,text/plain"
            onChange={(event) => {
              const input = event.currentTarget;
              void input.files?.[0]?.text().then(take);
              input.value = "";
            }}
          />
        </label>
      </div>
    </form>
  );
}

function faultText(looked: Looked): string {
  const { faults } = words.value.offline;
  switch (looked.code) {
    case "whole":
      return looked.kind === "response" ? faults.response : "";
    case "character":
      return put(faults.character, looked);
    case "line":
      return put(faults.line, looked);
    case "incomplete":
      return put(faults.incomplete, looked);
    case "empty":
    case "unknown":
      return faults[looked.code];
  }
}

/** The AppSuite is lost: within the yearly budget, or by the vendor's staff with a reason. */
function Lost({ server, offline, asStaff, onDone }: { server: Server; offline: Offline; asStaff: boolean; onDone: Props["onDone"] }) {
  const { offline: texts } = words.value;
  const [asks, setAsks] = useState(false);
  const write = useWrite();
  const once = useOnce();
  const declare = async (reason?: string) => {
    const body = reason ? { reason } : {};
    const params = { path: { serverId: server.serverId }, header: once.key(body) };
    await told(api.POST("/v1/servers/{serverId}/offline/declare-lost", { params, body }));
    once.next();
    setAsks(false);
    await onDone(texts.outcomes.declaredLost);
  };
  const title = put(texts.lostTitle, { server: server.name });
  if (!asStaff && offline.lossesLeft === 0) return <p class="muted after">{texts.lossesNone}</p>;
  return (
    <>
      <div class="actions after">
        <button type="button" class="button danger" onClick={() => setAsks(true)}>
          {texts.lost}
        </button>
      </div>
      {asks && asStaff && <Reasoned title={title} text={texts.lostText} action={texts.lost} onSend={declare} onClose={() => setAsks(false)} />}
      {asks && !asStaff && (
        <Ask
          asked={{ title, text: <p>{`${texts.lostText} ${many(texts.lossesLeft, offline.lossesLeft)}`}</p>, action: texts.lost, danger: true }}
          busy={write.busy}
          problem={write.problem}
          onYes={() => void write.run(() => declare())}
          onNo={() => setAsks(false)}
        />
      )}
    </>
  );
}
