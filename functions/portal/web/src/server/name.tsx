// The name of a server, changed where it stands.

import { useEffect, useRef, useState } from "preact/hooks";

import { api, told, type Account, type Server } from "../api";
import { useWrite } from "../loading";
import { Trouble } from "../parts/basics";
import { focusIfLost } from "../parts/focus";
import { useOnce } from "../staff/once";
import { words } from "../words";

interface Props {
  account: Account;
  server: Server;
  onDone: () => Promise<void>;
}

export function Name({ account, server, onDone }: Props) {
  const [isOpen, setOpen] = useState(false);
  const close = () => {
    setOpen(false);
    focusIfLost("rename");
  };
  return (
    <>
      <div class="title">
        <h2 id="server-name" tabIndex={-1}>
          {server.name}
        </h2>
        <span class="muted">{server.serverId}</span>
        {account.may.includes("assign") && !isOpen && (
          <button type="button" id="rename" class="button link" onClick={() => setOpen(true)}>
            {words.value.server.rename}
          </button>
        )}
      </div>
      {isOpen && <Rename account={account} server={server} onDone={onDone} onClose={close} />}
    </>
  );
}

function Rename({ account, server, onDone, onClose }: Props & { onClose: () => void }) {
  const { server: texts, frame } = words.value;
  const [typed, setTyped] = useState(server.name);
  const field = useRef<HTMLInputElement>(null);
  const write = useWrite();
  const once = useOnce();
  useEffect(() => field.current?.select(), []);
  const rename = () =>
    write.run(async () => {
      const body = { name: typed.trim() };
      const params = { path: { accountId: account.accountId, serverId: server.serverId }, header: once.key(body) };
      await told(api.PATCH("/v1/accounts/{accountId}/servers/{serverId}", { params, body }));
      await onDone();
      onClose();
    });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void rename();
      }}
      onKeyDown={(event) => event.key === "Escape" && onClose()}
    >
      <label class="field">
        <span>{texts.name}</span>
        <input ref={field} type="text" value={typed} maxLength={200} required autocomplete="off" onInput={(event) => setTyped(event.currentTarget.value)} />
      </label>
      <Trouble problem={write.problem} />
      <div class="actions rename">
        <button type="submit" class="button" disabled={!typed.trim()}>
          {texts.rename}
        </button>
        <button type="button" class="button" onClick={onClose}>
          {frame.cancel}
        </button>
      </div>
    </form>
  );
}
