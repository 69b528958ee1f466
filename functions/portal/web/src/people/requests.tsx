// Who asks to become a member.

import { api, told, type Account, type Members } from "../api";
import { dayOf } from "../format";
import { personFull, personName } from "../staff/told";
import { put, words } from "../words";
import type { Doing } from "./deeds";

type Request = Members["requests"][number];

interface Props {
  account: Account;
  requests: Request[];
  doing: Doing;
}

export function Requests({ account, requests, doing }: Props) {
  const { people } = words.value;
  if (!requests.length) return null;
  return (
    <section class="card" aria-labelledby="requests">
      <h2 id="requests">{people.requests}</h2>
      <ul class="rows">
        {requests.map((request) => (
          <li key={request.person.personId} class="actions">
            <span>
              {personFull(request.person)}
              <span class="more muted">
                {put(people.asks, { role: people.roles[request.role], since: dayOf(request.since) })} {people.whys[request.why]}.
              </span>
            </span>
            {account.may.includes("decideRequests") && <Decide account={account} request={request} doing={doing} />}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Decide({ account, request: { person }, doing }: { account: Account; request: Request; doing: Doing }) {
  const { people } = words.value;
  const who = { person: personName(person) };
  const path = { accountId: account.accountId, personId: person.personId };
  const accept = () =>
    doing.run({
      name: `accept ${person.personId}`,
      act: (header) => told(api.POST("/v1/accounts/{accountId}/requests/{personId}", { params: { path, header } })),
      said: put(people.accepted, who),
    });
  const decline = () =>
    doing.run({
      name: `decline ${person.personId}`,
      act: (header) => told(api.DELETE("/v1/accounts/{accountId}/requests/{personId}", { params: { path, header } })),
      said: put(people.declined, who),
    });
  return (
    <>
      <button type="button" class="button" aria-disabled={doing.busy} aria-label={put(people.acceptOne, who)} onClick={accept}>
        {people.accept}
      </button>
      <button type="button" class="button" aria-disabled={doing.busy} aria-label={put(people.declineOne, who)} onClick={decline}>
        {people.decline}
      </button>
    </>
  );
}
