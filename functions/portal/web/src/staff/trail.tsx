// What became of an order: its mails, to whom it was forwarded, who changed it.

import type { Entry, StaffOrder } from "../api";
import { moment } from "../format";
import { words } from "../words";
import { MailActions } from "./mail-actions";
import { actorText, entryText, isLinkQueued, mailLook, mailState, personFull, waitsForStaff, type Mail } from "./told";

type OnDone = (sentence: string) => Promise<void>;

export function Mails({ shown, onDone }: { shown: StaffOrder; onDone: OnDone }) {
  const { staff } = words.value;
  // The newest first: what was asked for last is looked for first.
  const mails = [...shown.mails].reverse();
  const settled = async (sentence: string) => {
    await onDone(sentence);
    // The pressed button is gone: reading goes on from the mails.
    document.getElementById("mails")?.focus();
  };
  return (
    <section class="card" aria-labelledby="mails">
      <h2 id="mails" tabIndex={-1}>
        {staff.mails}
      </h2>
      <ul class="told">
        {isLinkQueued(shown) && (
          <li>
            <div class="what">
              <strong>{staff.linkMail}</strong> <span class="status">{mailState(shown.order.mail)}</span>
            </div>
            <div class="muted">{personFull(shown.recipient)}</div>
          </li>
        )}
        {mails.map((mail) => (
          <MailRow key={mail.mailId} mail={mail} onDone={settled} />
        ))}
      </ul>
    </section>
  );
}

function MailRow({ mail, onDone }: { mail: Mail; onDone: OnDone }) {
  const { staff } = words.value;
  return (
    <li>
      <div class="what">
        <strong>{staff.mailKinds[mail.kind]}</strong> <span class={`status ${mailLook(mail.state)}`}>{mailState(mail)}</span>
      </div>
      <div class="muted">{personFull(mail.reader)}</div>
      {mail.messageId && (
        <div class="muted">
          {staff.messageId} <code>{mail.messageId}</code>
        </div>
      )}
      {mail.reason && <div class="reason">{mail.reason}</div>}
      {waitsForStaff(mail.state) && <MailActions mailId={mail.mailId} reader={mail.reader} onDone={onDone} />}
    </li>
  );
}

export function Forwards({ forwards }: { forwards: StaffOrder["forwards"] }) {
  const { staff } = words.value;
  return (
    <section class="card" aria-labelledby="forwards">
      <h2 id="forwards">{staff.forwards}</h2>
      {forwards.length === 0 && <p class="muted">{staff.noForwards}</p>}
      <ul class="told">
        {forwards.map((forward) => (
          <li key={forward.person.personId + forward.at}>
            <div class="what">
              <strong>{personFull(forward.person)}</strong> <span class="status">{staff.forwardStates[forward.state]}</span>
            </div>
            <div class="muted">{moment(forward.at)}</div>
          </li>
        ))}
      </ul>
    </section>
  );
}

export function Entries({ entries }: { entries: Entry[] }) {
  const { staff } = words.value;
  return (
    <section class="card" aria-labelledby="audit">
      <h2 id="audit">{staff.audit}</h2>
      <ul class="told">
        {entries.map((entry) => (
          <li key={entry.id}>
            <div class="what">{entryText(entry)}</div>
            <div class="muted">
              {moment(entry.at)} · {actorText(entry)}
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}
