// Who may see and manage an account.

import { useState } from "preact/hooks";

import { api, onceKey, told, type Account, type Me, type Members } from "../api";
import { dayOf } from "../format";
import { useLoaded, useWrite } from "../loading";
import { Ask, Dialog, Loading, Scroll, Trouble, type Asked } from "../parts/basics";
import { personFull, personName } from "../staff/told";
import { LANGUAGES, language, put, words } from "../words";

type Member = Members["members"][number];
type Request = Members["requests"][number];
type Role = Member["role"];

interface Props {
  account: Account;
  me: Me;
  reload: () => void;
}

/** A question, and what is done on "yes". */
interface Pending {
  asked: Asked;
  act: () => Promise<void>;
}

export function People({ account, me, reload }: Props) {
  const { people } = words.value;
  const path = { accountId: account.accountId };
  const loaded = useLoaded(`members ${account.accountId}`, () => told(api.GET("/v1/accounts/{accountId}/members", { params: { path } })), 15_000);
  const [pending, setPending] = useState<Pending | undefined>();
  const [invites, setInvites] = useState(false);
  const write = useWrite();
  const may = new Set(account.may);
  if (!loaded.data) return loaded.problem ? <Trouble problem={loaded.problem} retry={() => void loaded.reload()} /> : <Loading />;
  const { members, requests } = loaded.data;

  const run = (act: () => Promise<void>) =>
    write.run(async () => {
      await act();
      setPending(undefined);
      await loaded.reload();
      reload();
    });
  const ask = (asked: Asked, act: () => Promise<void>) => {
    write.clear();
    setPending({ asked, act });
  };
  const one = (personId: string) => ({ path: { ...path, personId }, header: onceKey() });

  const changeRole = (member: Member, role: Role) =>
    run(async () => void (await told(api.PATCH("/v1/accounts/{accountId}/members/{personId}", { params: one(member.person.personId), body: { role } }))));
  const remove = (member: Member) =>
    ask(
      {
        title: put(people.removeTitle, { person: personName(member.person) }),
        text: <p>{member.person.personId === me.person.personId ? people.removeSelf : people.removeText}</p>,
        action: people.remove,
        danger: true,
      },
      async () => void (await told(api.DELETE("/v1/accounts/{accountId}/members/{personId}", { params: one(member.person.personId) }))),
    );
  const decide = (request: Request, accepts: boolean) =>
    run(async () => {
      const params = one(request.person.personId);
      const path = "/v1/accounts/{accountId}/requests/{personId}";
      await told<unknown>(accepts ? api.POST(path, { params }) : api.DELETE(path, { params }));
    });

  return (
    <>
      {!pending && <Trouble problem={write.problem} />}
      <section class="card" aria-labelledby="members">
        <div class="title">
          <h2 id="members">{people.members}</h2>
          {may.has("invite") && (
            <button type="button" class="button" onClick={() => setInvites(true)}>
              {people.invite}
            </button>
          )}
        </div>
        {members.length === 0 ? (
          <p class="empty">{people.noMembers}</p>
        ) : (
          <MemberTable members={members} mayManage={may.has("manageMembers")} busy={write.busy} onRole={changeRole} onRemove={remove} />
        )}
      </section>
      {requests.length > 0 && <Requests requests={requests} mayDecide={may.has("decideRequests")} busy={write.busy} onDecide={decide} />}
      <Resellers account={account} busy={write.busy} run={run} ask={ask} />
      {invites && <Invite account={account} onClose={() => setInvites(false)} onDone={() => void loaded.reload()} />}
      {pending && (
        <Ask asked={pending.asked} busy={write.busy} problem={write.problem} onYes={() => void run(pending.act)} onNo={() => setPending(undefined)} />
      )}
    </>
  );
}

interface TableProps {
  members: Member[];
  mayManage: boolean;
  busy: boolean;
  onRole: (member: Member, role: Role) => void;
  onRemove: (member: Member) => void;
}

function MemberTable({ members, mayManage, busy, onRole, onRemove }: TableProps) {
  const { people } = words.value;
  return (
    <Scroll label={people.members}>
      <table class="list">
        <thead>
          <tr>
            <th scope="col">{people.person}</th>
            <th scope="col">{people.role}</th>
            <th scope="col">{people.why}</th>
            <th scope="col">{people.since}</th>
            {mayManage && (
              <th scope="col">
                <span class="hidden">{people.remove}</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {members.map((member) => (
            <tr key={member.person.personId}>
              <td>
                {personFull(member.person)} {!member.seen && <span class="status">{people.notSeen}</span>}
              </td>
              <td>
                {mayManage ? (
                  <select
                    aria-label={put(people.roleOf, { person: personName(member.person) })}
                    value={member.role}
                    disabled={busy}
                    onChange={(event) => {
                      const wanted = event.currentTarget.value as Role;
                      event.currentTarget.value = member.role;
                      onRole(member, wanted);
                    }}
                  >
                    <option value="manager">{people.roles.manager}</option>
                    <option value="viewer">{people.roles.viewer}</option>
                  </select>
                ) : (
                  people.roles[member.role]
                )}
              </td>
              <td>{people.whys[member.why]}</td>
              <td>{dayOf(member.since)}</td>
              {mayManage && (
                <td>
                  <button
                    type="button"
                    class="button"
                    aria-label={put(people.removeOne, { person: member.person.email ?? personName(member.person) })}
                    onClick={() => onRemove(member)}
                  >
                    {people.remove}
                  </button>
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

interface RequestsProps {
  requests: Request[];
  mayDecide: boolean;
  busy: boolean;
  onDecide: (request: Request, accepts: boolean) => void;
}

function Requests({ requests, mayDecide, busy, onDecide }: RequestsProps) {
  const { people } = words.value;
  return (
    <section class="card" aria-labelledby="requests">
      <h2 id="requests">{people.requests}</h2>
      <ul class="rows">
        {requests.map((request) => (
          <li key={request.person.personId} class="actions">
            <span>
              {personFull(request.person)}{" "}
              <span class="muted">
                {people.whys[request.why]}, {dayOf(request.since)}
              </span>
            </span>
            {mayDecide && (
              <>
                <button type="button" class="button" disabled={busy} aria-label={put(people.acceptOne, { person: personName(request.person) })} onClick={() => onDecide(request, true)}>
                  {people.accept}
                </button>
                <button type="button" class="button" disabled={busy} aria-label={put(people.declineOne, { person: personName(request.person) })} onClick={() => onDecide(request, false)}>
                  {people.decline}
                </button>
              </>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

interface ResellersProps {
  account: Account;
  busy: boolean;
  run: (act: () => Promise<void>) => void;
  ask: (asked: Asked, act: () => Promise<void>) => void;
}

function Resellers({ account, busy, run, ask }: ResellersProps) {
  const { people } = words.value;
  const may = new Set(account.may);
  if (!account.resellers.length) return null;
  const params = (resellerNumber: string) => ({ path: { accountId: account.accountId, resellerNumber }, header: onceKey() });
  const path = "/v1/accounts/{accountId}/resellers/{resellerNumber}";
  return (
    <section class="card" aria-labelledby="resellers">
      <h2 id="resellers">{people.resellers}</h2>
      <ul class="rows">
        {account.resellers.map(({ number, name, access, since }) => (
          <li key={number} class="actions">
            <span>
              {name} <span class="muted">{number}</span>
            </span>
            <span class={`status ${access === "granted" ? "good" : "wrong"}`}>{put(people.access[access], { since: dayOf(since) })}</span>
            {access === "requested" && may.has("acceptReseller") && (
              <button type="button" class="button" disabled={busy} aria-label={put(people.acceptOne, { person: name })} onClick={() => run(async () => void (await told(api.PUT(path, { params: params(number) }))))}>
                {people.accept}
              </button>
            )}
            {may.has("removeReseller") && (
              <button
                type="button"
                class="button"
                aria-label={put(people.removeOne, { person: name })}
                onClick={() =>
                  ask(
                    { title: put(people.removeTitle, { person: name }), text: <p>{people.removeReseller}</p>, action: people.remove, danger: true },
                    async () => void (await told(api.DELETE(path, { params: params(number) }))),
                  )
                }
              >
                {people.remove}
              </button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Invite({ account, onClose, onDone }: { account: Account; onClose: () => void; onDone: () => void }) {
  const { people, frame, staff } = words.value;
  const [email, setEmail] = useState("");
  const [name, setName] = useState("");
  const [role, setRole] = useState<Role>("viewer");
  const [tongue, setTongue] = useState<string>(language.value);
  const write = useWrite();
  const send = async () => {
    const params = { path: { accountId: account.accountId }, header: onceKey() };
    const body = { email: email.trim(), role, language: tongue, ...(name.trim() ? { name: name.trim() } : {}) };
    const done = await write.run(async () => void (await told(api.POST("/v1/accounts/{accountId}/members", { params, body }))));
    if (!done) return;
    onDone();
    onClose();
  };
  return (
    <Dialog title={people.inviteTitle} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        <p>{people.inviteText}</p>
        <label class="field">
          <span>{staff.email}</span>
          <input type="email" value={email} maxLength={254} required onInput={(event) => setEmail(event.currentTarget.value)} />
        </label>
        <label class="field">
          <span>{staff.name}</span>
          <input type="text" value={name} maxLength={200} onInput={(event) => setName(event.currentTarget.value)} />
        </label>
        <label class="field">
          <span>{people.role}</span>
          <select value={role} onChange={(event) => setRole(event.currentTarget.value as Role)}>
            <option value="viewer">{people.roles.viewer}</option>
            <option value="manager">{people.roles.manager}</option>
          </select>
        </label>
        <label class="field">
          <span>{staff.language}</span>
          <select value={tongue} onChange={(event) => setTongue(event.currentTarget.value)}>
            {Object.entries(LANGUAGES).map(([tag, dictionary]) => (
              <option key={tag} value={tag}>
                {dictionary.language}
              </option>
            ))}
          </select>
        </label>
        <Trouble problem={write.problem} />
        <div class="actions">
          <button type="submit" class="button first" disabled={write.busy}>
            {people.send}
          </button>
          <button type="button" class="button" onClick={onClose}>
            {frame.cancel}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
