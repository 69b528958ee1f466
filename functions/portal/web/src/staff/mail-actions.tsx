// What staff does with a mail that was given up.

import { useState } from "preact/hooks";

import { api, told, type Person } from "../api";
import { useWrite } from "../loading";
import { Ask, Trouble } from "../parts/basics";
import { put, words } from "../words";
import { useOnce } from "./once";
import { personFull } from "./told";

interface Props {
  mailId: string;
  reader: Person;
  onDone: (sentence: string) => Promise<void>;
}

export function MailActions({ mailId, reader, onDone }: Props) {
  const { staff } = words.value;
  const [asks, setAsks] = useState(false);
  const retry = useWrite();
  const dismiss = useWrite();
  const once = useOnce();
  const who = { person: personFull(reader) };

  const params = (what: string) => ({ path: { mailId }, header: once.key(what) });
  const onRetry = () =>
    retry.run(async () => {
      await told(api.POST("/v1/mails/{mailId}/retry", { params: params("retry") }));
      // It may be given up again, and then the next try is another one.
      once.next();
      await onDone(put(staff.retried, who));
    });
  const onDismiss = () =>
    dismiss.run(async () => {
      await told(api.DELETE("/v1/mails/{mailId}", { params: params("dismiss") }));
      setAsks(false);
      await onDone(put(staff.dismissed, who));
    });
  return (
    <>
      <div class="actions">
        <button type="button" class="button" disabled={retry.busy} aria-label={put(staff.retryMail, who)} onClick={() => void onRetry()}>
          {staff.retry}
        </button>
        <button type="button" class="button" aria-label={put(staff.dismissMail, who)} onClick={() => setAsks(true)}>
          {staff.dismiss}
        </button>
      </div>
      <Trouble problem={retry.problem} />
      {asks && (
        <Ask
          asked={{ title: staff.dismissTitle, text: <p>{put(staff.dismissText, who)}</p>, action: staff.dismiss, danger: true }}
          busy={dismiss.busy}
          problem={dismiss.problem}
          onYes={() => void onDismiss()}
          onNo={() => {
            dismiss.clear();
            setAsks(false);
          }}
        />
      )}
    </>
  );
}
