// Mails that were given up or came back and wait for staff.

import { useState } from "preact/hooks";

import { api, told, type ParkedMail } from "../api";
import { moment } from "../format";
import { useLoaded } from "../loading";
import { Link, Loading, Trouble } from "../parts/basics";
import { MailActions } from "../staff/mail-actions";
import { mailState, personFull } from "../staff/told";
import { many, put, words } from "../words";

const EVERY_MS = 10_000;

export function Mails() {
  const { staff, frame } = words.value;
  const { data, problem, reload } = useLoaded("mails", () => told(api.GET("/v1/mails")), EVERY_MS);
  const [done, setDone] = useState("");
  const onDone = async (sentence: string) => {
    setDone(sentence);
    await reload();
    // The pressed button is gone with its mail: reading goes on from the top.
    document.getElementById("given-up")?.focus();
  };
  return (
    <>
      <p class="crumb">
        <Link to={{ screen: "customers" }}>{frame.customers}</Link>
      </p>
      <div class="title">
        <h1 id="given-up" tabIndex={-1}>
          {frame.parked}
        </h1>
      </div>
      <p class={done ? "said notice good" : "said"} role="status">
        {done}
      </p>
      <Trouble problem={problem} retry={problem?.isPassing ? () => void reload() : undefined} />
      {!data && !problem && <Loading />}
      {data && data.mails.length === 0 && <p class="card empty">{staff.nothingWaits}</p>}
      {data && data.mails.length > 0 && (
        <ul class="card told">
          {data.mails.map((mail) => (
            <Parked key={mail.mailId} mail={mail} onDone={onDone} />
          ))}
        </ul>
      )}
    </>
  );
}

function Parked({ mail, onDone }: { mail: ParkedMail; onDone: (sentence: string) => Promise<void> }) {
  const { staff } = words.value;
  return (
    <li>
      <div class="what">
        <strong>{staff.mailKinds[mail.kind]}</strong>{" "}
        <span class="status wrong">{mailState({ ...mail, at: mail.parkedAt })}</span>
      </div>
      <div class="muted">{personFull(mail.reader)}</div>
      <div class="reason">{mail.reason}</div>
      <div class="muted">
        {put(staff.recorded, { at: moment(mail.recordedAt) })} · {many(staff.attempts, mail.attempts)}
      </div>
      {mail.orderId && (
        <div>
          <Link to={{ screen: "order", order: mail.orderId }}>{staff.toOrder}</Link>
        </div>
      )}
      <MailActions mailId={mail.mailId} reader={mail.reader} onDone={onDone} />
    </li>
  );
}
