// The members of an account.

import { api, told, type Account, type Me, type Members as Loaded } from "../api";
import { dayOf } from "../format";
import { personFull, personName } from "../staff/told";
import { put, words } from "../words";
import type { Doing } from "./deeds";

type Member = Loaded["members"][number];
type Role = Member["role"];

interface Props {
  account: Account;
  me: Me;
  members: Member[];
  doing: Doing;
  /** Where somebody may be invited. */
  onInvite: (() => void) | undefined;
}

export function Members({ account, me, members, doing, onInvite }: Props) {
  const { people } = words.value;
  return (
    <section class="card" aria-labelledby="members">
      <div class="title">
        <h2 id="members" tabIndex={-1}>
          {people.members}
        </h2>
        {onInvite && (
          <button type="button" class="button" onClick={onInvite}>
            {people.invite}
          </button>
        )}
      </div>
      {members.length === 0 ? (
        <p class="empty">{people.noMembers}</p>
      ) : (
        <div class="scroll" tabIndex={0} role="group" aria-labelledby="members">
          <table class="list stack">
            <thead>
              <tr>
                <th scope="col">{people.person}</th>
                <th scope="col">{people.role}</th>
                <th scope="col">{people.why}</th>
                <th scope="col">{people.since}</th>
                <th scope="col">
                  <span class="hidden">{people.remove}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {members.map((member) => (
                <Row key={member.person.personId} account={account} me={me} member={member} doing={doing} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

interface RowProps {
  account: Account;
  me: Me;
  member: Member;
  doing: Doing;
}

function Row({ account, me, member, doing }: RowProps) {
  const { people } = words.value;
  const { person, role, why, since, seen } = member;
  const mayManage = account.may.includes("manageMembers");
  const isMe = person.personId === me.person.personId;
  return (
    <tr>
      <td>
        {personFull(person)} {isMe && <span class="status">{people.you}</span>} {!seen && <span class="status">{people.notSeen}</span>}
      </td>
      <td data-label={people.role}>{mayManage ? <RoleChoice account={account} member={member} doing={doing} /> : people.roles[role]}</td>
      <td data-label={people.why}>{people.whys[why]}</td>
      <td data-label={people.since}>{dayOf(since)}</td>
      <td>{(mayManage || isMe) && <Remove account={account} member={member} isMe={isMe} doing={doing} />}</td>
    </tr>
  );
}

function RoleChoice({ account, member: { person, role }, doing }: Omit<RowProps, "me">) {
  const { people } = words.value;
  const change = (wanted: Role) => {
    const path = { accountId: account.accountId, personId: person.personId };
    doing.run({
      name: `${person.personId} ${wanted}`,
      act: (header) => told(api.PATCH("/v1/accounts/{accountId}/members/{personId}", { params: { path, header }, body: { role: wanted } })),
      said: put(people.roleChanged, { person: personName(person), role: people.roles[wanted] }),
    });
  };
  return (
    <select
      aria-label={put(people.roleOf, { person: personName(person) })}
      value={role}
      onChange={(event) => {
        const wanted = event.currentTarget.value as Role;
        // It shows what is, also where the change is refused.
        event.currentTarget.value = role;
        change(wanted);
      }}
    >
      <option value="manager">{people.roles.manager}</option>
      <option value="viewer">{people.roles.viewer}</option>
    </select>
  );
}

/** Everybody may leave; managers remove others. */
function Remove({ account, member: { person }, isMe, doing }: Omit<RowProps, "me"> & { isMe: boolean }) {
  const { people } = words.value;
  const path = { accountId: account.accountId, personId: person.personId };
  const name = personName(person);
  const action = isMe ? people.leave : people.remove;
  const ask = () =>
    doing.ask(
      {
        title: isMe ? put(people.leaveTitle, { customer: account.customer.name }) : put(people.removeTitle, { person: name }),
        text: <p>{isMe ? people.leaveText : people.removeText}</p>,
        action,
        danger: true,
      },
      {
        name: `remove ${person.personId}`,
        act: (header) => told(api.DELETE("/v1/accounts/{accountId}/members/{personId}", { params: { path, header } })),
        said: people.removed,
        leaves: isMe,
      },
    );
  return (
    <button type="button" class="button" aria-label={isMe ? undefined : put(people.removeOne, { person: person.email ?? name })} onClick={ask}>
      {action}
    </button>
  );
}
