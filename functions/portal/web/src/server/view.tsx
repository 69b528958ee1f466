// "Server deployment": one server, what it has, how it stands, and what can be done with it.

import { useState } from "preact/hooks";

import { type Account, type Server } from "../api";
import { moment } from "../format";
import { useLoaded, type Loaded } from "../loading";
import { Link, Loading, Trouble } from "../parts/basics";
import { focusIfLost } from "../parts/focus";
import { useNow } from "../parts/now";
import { put, words } from "../words";
import { Actions } from "./actions";
import { ConflictChoice } from "./conflict";
import { load, type Details } from "./details";
import { isOff } from "./expected";
import { Facts } from "./facts";
import { Items } from "./items";
import { Name } from "./name";
import { OfflinePart } from "./offline";
import { StaffRelease } from "./staff-release";
import { Token } from "./token";

/** How often what only check-ins know is looked at again. */
const EVERY_MS = 10_000;

interface Props {
  account: Account;
  server: string;
  loaded: Loaded<Account>;
  isStaff: boolean;
}

export function ServerView({ account, server: id, loaded, isStaff }: Props) {
  const details = useLoaded(`server ${id}`, () => load(id), EVERY_MS);
  const server = account.servers.find((server) => server.serverId === id);
  const [said, setSaid] = useState("");
  const again = async (sentence = "") => {
    setSaid(sentence);
    await Promise.all([loaded.reload(), details.reload()]);
    focusIfLost("server-name");
  };
  return (
    <>
      <p class="crumb">
        <Link to={{ screen: "account", account: account.accountId, tab: "licences" }}>{words.value.server.back}</Link>
      </p>
      <p class={said ? "notice good" : "hidden"} role="status">
        {said}
      </p>
      {/* A server that was deleted is no longer loaded: that it is gone is said already. */}
      {!said && <Trouble problem={details.problem ?? loaded.problem} />}
      {server ? (
        <Whole account={account} server={server} details={details.data} isStaff={isStaff} onDone={again} />
      ) : (
        !said && !details.problem && <Loading />
      )}
    </>
  );
}

interface WholeProps {
  account: Account;
  server: Server;
  details: Details | undefined;
  isStaff: boolean;
  onDone: (sentence?: string) => Promise<void>;
}

function Whole({ account, server, details, isStaff, onDone }: WholeProps) {
  const now = useNow();
  return (
    <>
      <section class="card" aria-labelledby="server-name">
        <Name account={account} server={server} onDone={onDone} />
        <Disabling server={server} now={now} />
        <Facts account={account} server={server} details={details} now={now} onDone={onDone} />
        {details?.conflict && <ConflictChoice account={account} server={server} conflict={details.conflict} onDone={onDone} />}
        <Items server={server} details={details} now={now} />
      </section>
      {server.mode === "offline" && <OfflinePart account={account} server={server} isStaff={isStaff} onDone={onDone} key={`offline ${server.serverId}`} />}
      {account.may.includes("seeToken") && <Token server={server} key={server.serverId} />}
      {isStaff && !account.may.includes("assign") && server.mode === "online" && server.status === "active" && (
        <StaffRelease account={account} server={server} onDone={onDone} />
      )}
      {account.may.includes("assign") && <Actions account={account} server={server} details={details} onDone={onDone} />}
    </>
  );
}

/** Until when a server runs that was disabled, or since when it does not. */
function Disabling({ server, now }: { server: Server; now: Date }) {
  const { server: texts } = words.value;
  const form = isOff(server, now) ? texts.disabledSince : texts.disabled;
  const text = server.disabledFrom ? put(form, { at: moment(server.disabledFrom) }) : "";
  return (
    <p class={text ? "notice wrong" : "hidden"} role="status">
      {text}
    </p>
  );
}
