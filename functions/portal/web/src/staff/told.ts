// What happened to an order and its mails, in words.

import type { Entry, Me, Person, StaffOrder } from "../api";
import { moment } from "../format";
import { put, words } from "../words";

/** A viewer of the vendor looks; only a manager acts. */
export function actsAsStaff(me: Me): boolean {
  return me.memberships.some(({ party, role }) => party === "vendor" && role === "manager");
}

export type Mail = StaffOrder["mails"][number];

/** A person's name, else their address; who was erased has neither. */
export function personName(person: { name?: string | null; email?: string | null }): string {
  return person.name ?? person.email ?? words.value.staff.erased;
}

/** Name and address. */
export function personFull(person: Person): string {
  return person.name && person.email ? `${person.name}, ${person.email}` : personName(person);
}

/** How far a mail has come, with its time. */
export function mailState(mail: { state: Mail["state"]; at?: string | null; recordedAt: string }): string {
  return put(words.value.staff.mailStates[mail.state], { at: moment(mail.at ?? mail.recordedAt) });
}

/** How a mail's state looks. */
export function mailLook(state: Mail["state"]): string {
  return { waiting: "", sent: "good", parked: "wrong", bounced: "wrong", complained: "wrong", dismissed: "" }[state];
}

/** Whether a mail is for staff to look at: to send it again, or not at all. */
export function waitsForStaff(state: Mail["state"]): boolean {
  return state === "parked" || state === "bounced" || state === "complained";
}

/** How an order's status looks. */
export function orderLook(status: StaffOrder["order"]["status"]): string {
  return { locked: "", unlocked: "good", applied: "good", cancelled: "wrong" }[status];
}

/** Whether the mail with the link waits and has never been tried: then no receipt tells of it. */
export function isLinkQueued({ order, mails }: Pick<StaffOrder, "order" | "mails">): boolean {
  const { state, recordedAt } = order.mail;
  if (order.kind !== "purchase" || order.status === "cancelled") return false;
  return state === "waiting" && !mails.some((mail) => mail.state === "waiting" && mail.recordedAt === recordedAt);
}

/** What an entry of an order's audit trail says. */
export function entryText(entry: Entry): string {
  const { acts } = words.value.staff;
  const details = entry.details as Record<string, unknown>;
  const person = entry.person ? personName(entry.person) : words.value.staff.erased;
  switch (entry.action) {
    case "receiveOrder": {
      const revision = Number(details["revision"] ?? 1);
      return revision > 1 ? put(acts.revised, { revision }) : acts.received;
    }
    case "resendOrder":
      return put(details["corrected"] === true ? acts.corrected : acts.resent, { person });
    case "lockOrder":
      return acts.locked;
    case "renewOrder":
      return put(acts.renewed, { order: String(details["orderNumber"] ?? "") });
    case "cancelOrder":
      return acts.cancelled;
    default:
      return entry.action;
  }
}

/** Who did it. */
export function actorText(entry: Entry): string {
  const { kind, name } = entry.actor;
  return kind === "person" ? personName({ name: name ?? null }) : words.value.staff.actors[kind];
}
