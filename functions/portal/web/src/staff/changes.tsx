// What renewals and cancellations have done to licences.

import type { Grant, Order } from "../api";
import { date, moment, number } from "../format";
import { plainName } from "../matrix/name";
import { Scroll } from "../parts/basics";
import { put, words } from "../words";

type Renewal = NonNullable<Grant["renewals"]>[number];
type Cancellation = NonNullable<Grant["cancelled"]>;
type Change = NonNullable<Order["changes"]>[number];

/** A new term, in a sentence. */
function termText({ capacity, start, term }: NonNullable<Renewal["term"]>): string {
  const { changes } = words.value;
  const from = { capacity: number(capacity), start: date(start) };
  return term ? put(changes.term, { ...from, term: date(term) }) : put(changes.grown, from);
}

/** New care, in a sentence. */
function careText({ level, start, term }: NonNullable<Renewal["care"]>): string {
  return put(words.value.changes.care, { level: level.toUpperCase(), start: date(start), term: date(term) });
}

/** What a renewal brings, a sentence each. */
function renewalTexts({ term, care }: Pick<Renewal, "term" | "care">): string[] {
  return [...(term ? [termText(term)] : []), ...(care ? [careText(care)] : [])];
}

/** How a licence ends before its time, a sentence each. */
export function cancellationTexts({ at, lastDay, servedUntil, orderNumber, reason }: Cancellation): string[] {
  const { changes } = words.value;
  const ends = lastDay ? put(changes.lastDay, { day: date(lastDay) }) : changes.never;
  return [
    orderNumber ? put(changes.cancelledBy, { at: moment(at), order: orderNumber }) : put(changes.cancelled, { at: moment(at) }),
    ends,
    ...(servedUntil ? [put(changes.served, { until: moment(servedUntil) })] : []),
    ...(reason ? [put(changes.reason, { reason })] : []),
  ];
}

/** What has become of a licence since it was ordered; nothing where nothing has. */
export function Since({ renewals, cancelled }: { renewals?: Renewal[] | undefined; cancelled?: Cancellation | null | undefined }) {
  const { changes } = words.value;
  return (
    <>
      {renewals?.map((renewal) => (
        <span key={`${renewal.orderNumber} ${renewal.at}`} class="more muted">
          {put(changes.renewedBy, { order: renewal.orderNumber, what: renewalTexts(renewal).join("; ") })}
        </span>
      ))}
      {cancelled && <span class="more">{cancellationTexts(cancelled).join(" ")}</span>}
    </>
  );
}

/** The licences that a renewal or cancellation has changed. */
export function Changes({ changes }: { changes: Change[] }) {
  const { licences, orders, changes: texts } = words.value;
  return (
    <Scroll label={texts.title}>
      <table class="list stack">
        <thead>
          <tr>
            <th scope="col">{licences.grants.product}</th>
            <th scope="col">{licences.grants.code}</th>
            <th scope="col">{texts.title}</th>
            <th scope="col">{orders.status}</th>
          </tr>
        </thead>
        <tbody>
          {changes.map((change) => (
            <ChangeRow key={change.licenseCode} change={change} />
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

function ChangeRow({ change }: { change: Change }) {
  const { licences, orders, staff, changes: texts } = words.value;
  const ends = change.lastDay ? put(texts.lastDay, { day: date(change.lastDay) }) : texts.never;
  const said = change.done === "cancelled" ? [ends] : renewalTexts(change);
  return (
    <tr>
      <td>
        {change.product}
        <span class="more muted">{`${plainName(change)} · ${licences[change.licenseType]}`}</span>
      </td>
      <td data-label={licences.grants.code}>{change.licenseCode}</td>
      <td data-label={texts.title}>
        <span>
          <span class={`status ${change.done === "renewed" ? "good" : "wrong"}`}>{texts.done[change.done]}</span>
          {said.map((sentence) => (
            <span key={sentence} class="more">
              {sentence}
            </span>
          ))}
        </span>
      </td>
      <td data-label={orders.status}>{change.locked ? staff.lineStatuses.locked : staff.lineStatuses.unlocked}</td>
    </tr>
  );
}
