// The resellers that manage an account, or ask to.

import { api, told, type Account } from "../api";
import { dayOf } from "../format";
import { put, words } from "../words";
import type { Doing } from "./deeds";

type Reseller = Account["resellers"][number];

const PATH = "/v1/accounts/{accountId}/resellers/{resellerNumber}";

export function Resellers({ account, doing }: { account: Account; doing: Doing }) {
  const { people } = words.value;
  return (
    <section class="card" aria-labelledby="resellers">
      <h2 id="resellers">{people.resellers}</h2>
      {account.resellers.length === 0 ? (
        <p class="empty">{people.noResellers}</p>
      ) : (
        <ul class="rows">
          {account.resellers.map((reseller) => (
            <Row key={reseller.number} account={account} reseller={reseller} doing={doing} />
          ))}
        </ul>
      )}
    </section>
  );
}

function Row({ account, reseller, doing }: { account: Account; reseller: Reseller; doing: Doing }) {
  const { people } = words.value;
  const { number, name, access, since } = reseller;
  const asks = access === "requested";
  const path = { accountId: account.accountId, resellerNumber: number };
  const who = { person: name };
  const accept = () =>
    doing.run({
      name: `accept reseller ${number}`,
      act: (header) => told(api.PUT(PATH, { params: { path, header } })),
      said: put(people.accepted, who),
    });
  const action = asks ? people.decline : people.remove;
  const remove = () =>
    doing.ask(
      {
        title: put(asks ? people.declineTitle : people.removeTitle, who),
        text: <p>{asks ? people.declineReseller : people.removeReseller}</p>,
        action,
        danger: true,
      },
      {
        name: `remove reseller ${number}`,
        act: (header) => told(api.DELETE(PATH, { params: { path, header } })),
        said: asks ? put(people.declined, who) : people.removed,
      },
    );
  return (
    <li class="actions">
      <span>
        {name} <span class="muted">{number}</span>
      </span>
      <span class={`status ${asks ? "wrong" : "good"}`}>{put(people.access[access], { since: dayOf(since) })}</span>
      {asks && account.may.includes("acceptReseller") && (
        <button type="button" class="button" aria-disabled={doing.busy} aria-label={put(people.acceptOne, who)} onClick={accept}>
          {people.accept}
        </button>
      )}
      {account.may.includes("removeReseller") && (
        <button type="button" class="button" aria-label={put(asks ? people.declineOne : people.removeOne, who)} onClick={remove}>
          {action}
        </button>
      )}
    </li>
  );
}
