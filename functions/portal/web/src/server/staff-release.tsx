// Vendor staff releases a server where its people have done so as often as they can.

import { useState } from "preact/hooks";

import { api, told, type Account, type Server } from "../api";
import { Reasoned } from "../parts/reasoned";
import { useOnce } from "../staff/once";
import { put, words } from "../words";

interface Props {
  account: Account;
  server: Server;
  onDone: (sentence?: string) => Promise<void>;
}

export function StaffRelease({ account, server, onDone }: Props) {
  const { server: texts } = words.value;
  const [asks, setAsks] = useState(false);
  const once = useOnce();
  const release = async (reason: string) => {
    const body = { reason };
    const params = { path: { accountId: account.accountId, serverId: server.serverId }, header: once.key(body) };
    await told(api.POST("/v1/accounts/{accountId}/servers/{serverId}/release", { params, body }));
    setAsks(false);
    await onDone(texts.released);
  };
  const title = put(texts.releaseTitle, { server: server.name });
  return (
    <>
      <div class="actions">
        <button type="button" class="button danger" onClick={() => setAsks(true)}>
          {texts.release}
        </button>
      </div>
      {asks && <Reasoned title={title} text={texts.releaseText} action={texts.release} onSend={release} onClose={() => setAsks(false)} />}
    </>
  );
}
