// Who may see and manage an account.

import { useState } from "preact/hooks";

import { api, told, type Account, type Me } from "../api";
import { useLoaded, useWrite } from "../loading";
import { Ask, Loading, Trouble, type Asked } from "../parts/basics";
import { focusIfLost } from "../parts/focus";
import type { Deed, Doing } from "../people/deeds";
import { Invite } from "../people/invite";
import { Members } from "../people/members";
import { Requests } from "../people/requests";
import { Resellers } from "../people/resellers";
import { StaffCustomer } from "../staff/customer";
import { useOnce } from "../staff/once";
import { actsAsStaff } from "../staff/told";

const EVERY_MS = 15_000;

interface Props {
  account: Account;
  me: Me;
  /** Loads the account again. */
  reload: () => void;
}

export function People({ account, me, reload }: Props) {
  const path = { accountId: account.accountId };
  const loaded = useLoaded(
    `members ${account.accountId}`,
    () => told(api.GET("/v1/accounts/{accountId}/members", { params: { path } })),
    EVERY_MS,
  );
  const [asked, setAsked] = useState<{ asked: Asked; deed: Deed } | undefined>();
  const [invites, setInvites] = useState(false);
  const [said, setSaid] = useState("");
  const write = useWrite();
  const once = useOnce();

  const done = async (sentence: string) => {
    setSaid(sentence);
    reload();
    await loaded.reload();
    focusIfLost("members");
  };
  const run = (deed: Deed) =>
    write.run(async () => {
      setSaid("");
      await deed.act(once.key(deed.name));
      once.next();
      setAsked(undefined);
      // Who has left begins anew: nothing that was loaded may be seen any more.
      if (deed.leaves) return location.assign("/");
      await done(deed.said);
    });
  const ask = (asked: Asked, deed: Deed) => {
    write.clear();
    setAsked({ asked, deed });
  };
  const doing: Doing = { busy: write.busy, run: (deed) => void run(deed), ask };

  if (!loaded.data) return loaded.problem ? <Trouble problem={loaded.problem} retry={() => void loaded.reload()} /> : <Loading />;
  const { members, requests } = loaded.data;
  return (
    <>
      <p class={said ? "notice good" : "hidden"} role="status">
        {said}
      </p>
      {!asked && <Trouble problem={write.problem ?? loaded.problem} />}
      <Members account={account} me={me} members={members} doing={doing} onInvite={account.may.includes("invite") ? () => setInvites(true) : undefined} />
      <Requests account={account} requests={requests} doing={doing} />
      <Resellers account={account} doing={doing} />
      {actsAsStaff(me) && <StaffCustomer account={account} onDone={done} />}
      {invites && <Invite account={account} onClose={() => setInvites(false)} onDone={(sentence) => void done(sentence)} />}
      {asked && (
        <Ask
          asked={asked.asked}
          busy={write.busy}
          problem={write.problem}
          onYes={() => void run(asked.deed)}
          onNo={() => {
            write.clear();
            setAsked(undefined);
          }}
        />
      )}
    </>
  );
}
