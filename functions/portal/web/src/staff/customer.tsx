// What vendor staff does for a customer that nobody there can do.

import { Fragment } from "preact";
import { useState } from "preact/hooks";

import { api, told, type Account } from "../api";
import { LanguageField } from "../parts/language";
import { Reasoned } from "../parts/reasoned";
import { language, many, put, words } from "../words";
import { Erase } from "./erase";
import { useOnce } from "./once";

type Reseller = Account["resellers"][number];

interface Props {
  account: Account;
  /** After it: what was done, in a sentence. */
  onDone: (sentence: string) => Promise<void>;
}

type Open = { what: "grace" } | { what: "erase" } | { what: "manager"; of?: Reseller } | { what: "move"; from: Reseller };

export function StaffCustomer({ account, onDone }: Props) {
  const { acting } = words.value;
  const [open, setOpen] = useState<Open | undefined>();
  const close = () => setOpen(undefined);
  const done = async (sentence: string) => {
    close();
    await onDone(sentence);
  };
  const props = { account, onDone: done, onClose: close };
  const managing = account.resellers.filter(({ access }) => access === "granted");
  return (
    <section class="card" aria-labelledby="acting">
      <h2 id="acting">{acting.title}</h2>
      <p>{many(acting.graceNow, account.policy.termGraceDays)}</p>
      <div class="actions">
        <button type="button" class="button" onClick={() => setOpen({ what: "grace" })}>
          {acting.grace}
        </button>
        <button type="button" class="button" onClick={() => setOpen({ what: "manager" })}>
          {acting.manager}
        </button>
        {managing.map((reseller) => (
          <Fragment key={reseller.number}>
            <button type="button" class="button" onClick={() => setOpen({ what: "move", from: reseller })}>
              {put(acting.move, { reseller: reseller.name })}
            </button>
            <button type="button" class="button" onClick={() => setOpen({ what: "manager", of: reseller })}>
              {put(acting.managerOf, { reseller: reseller.name })}
            </button>
          </Fragment>
        ))}
        <button type="button" class="button" onClick={() => setOpen({ what: "erase" })}>
          {acting.erase}
        </button>
      </div>
      {open?.what === "grace" && <Grace {...props} />}
      {open?.what === "manager" && <Manager {...props} of={open.of} />}
      {open?.what === "move" && <Move {...props} from={open.from} />}
      {open?.what === "erase" && <Erase onDone={done} onClose={close} />}
    </section>
  );
}

interface Asking extends Props {
  onClose: () => void;
}

function Grace({ account, onDone, onClose }: Asking) {
  const { acting } = words.value;
  const [days, setDays] = useState(String(account.policy.termGraceDays));
  const once = useOnce();
  const onSend = async (reason: string) => {
    const body = { days: Number(days), reason };
    const params = { path: { accountId: account.accountId }, header: once.key(body) };
    await told(api.PUT("/v1/accounts/{accountId}/grace", { params, body }));
    await onDone(many(acting.graceDone, body.days));
  };
  return (
    <Reasoned title={acting.grace} text={acting.graceText} action={acting.graceYes} onSend={onSend} onClose={onClose}>
      <label class="field">
        <span>{acting.days}</span>
        <input type="text" inputMode="numeric" required pattern="[0-9]{2,3}" autocomplete="off" value={days} onInput={(event) => setDays(event.currentTarget.value)} />
      </label>
    </Reasoned>
  );
}

function Move({ account, from, onDone, onClose }: Asking & { from: Reseller }) {
  const { acting } = words.value;
  const [number, setNumber] = useState("");
  const [name, setName] = useState("");
  const once = useOnce();
  const onSend = async (reason: string) => {
    const body = { number: number.trim(), name: name.trim(), reason };
    const params = { path: { accountId: account.accountId, resellerNumber: from.number }, header: once.key(body) };
    await told(api.POST("/v1/accounts/{accountId}/resellers/{resellerNumber}/move", { params, body }));
    await onDone(put(acting.moveDone, { reseller: body.name }));
  };
  const title = put(acting.move, { reseller: from.name });
  return (
    <Reasoned title={title} text={put(acting.moveText, { reseller: from.name })} action={acting.moveYes} onSend={onSend} onClose={onClose}>
      <label class="field">
        <span>{acting.resellerNumber}</span>
        <input type="text" required maxLength={64} autocomplete="off" value={number} onInput={(event) => setNumber(event.currentTarget.value)} />
      </label>
      <label class="field">
        <span>{acting.resellerName}</span>
        <input type="text" required maxLength={200} autocomplete="off" value={name} onInput={(event) => setName(event.currentTarget.value)} />
      </label>
    </Reasoned>
  );
}

function Manager({ account, of, onDone, onClose }: Asking & { of: Reseller | undefined }) {
  const { acting, staff, people } = words.value;
  const [email, setEmail] = useState("");
  const [name, setName] = useState("");
  const [tongue, setTongue] = useState<string>(language.value);
  const once = useOnce();
  const party = of?.name ?? account.customer.name;
  const onSend = async (reason: string) => {
    const body = { email: email.trim(), language: tongue, reason, ...(name.trim() ? { name: name.trim() } : {}) };
    const header = once.key(body);
    if (of) await told(api.POST("/v1/resellers/{resellerNumber}/manager", { params: { path: { resellerNumber: of.number }, header }, body }));
    else await told(api.POST("/v1/accounts/{accountId}/manager", { params: { path: { accountId: account.accountId }, header }, body }));
    await onDone(put(acting.managerDone, { person: body.email, party }));
  };
  const title = of ? put(acting.managerOf, { reseller: of.name }) : acting.manager;
  return (
    <Reasoned title={title} text={put(acting.managerText, { party })} action={acting.managerYes} onSend={onSend} onClose={onClose}>
      <label class="field">
        <span>{staff.email}</span>
        <input type="email" required maxLength={254} autocomplete="off" value={email} onInput={(event) => setEmail(event.currentTarget.value)} />
      </label>
      <label class="field">
        <span>{people.optionalName}</span>
        <input type="text" maxLength={200} autocomplete="off" value={name} onInput={(event) => setName(event.currentTarget.value)} />
      </label>
      <LanguageField value={tongue} onChange={setTongue} />
    </Reasoned>
  );
}
