// What staff does with an order.

import { useState } from "preact/hooks";

import { api, told, type StaffOrder } from "../api";
import { useWrite } from "../loading";
import { Ask } from "../parts/basics";
import { FormDialog } from "../parts/form";
import { LanguageField } from "../parts/language";
import { language, put, words } from "../words";
import { Cancel, cancellable } from "./cancel";
import { useOnce } from "./once";
import { personFull } from "./told";

interface Props {
  shown: StaffOrder;
  /** After a write: what was done, in a sentence. */
  onDone: (sentence: string) => Promise<void>;
  reload: () => Promise<unknown>;
}

type Open = "resend" | "correct" | "lock" | "cancel";

export function Actions({ shown, onDone, reload }: Props) {
  const { staff } = words.value;
  const [open, setOpen] = useState<Open | undefined>();
  const close = () => setOpen(undefined);
  const done = async (sentence: string) => {
    close();
    await onDone(sentence);
  };
  const props = { shown, onDone: done, onClose: close, reload };
  // A renewal or cancellation changes licences of other orders: it has no link and nothing of its own.
  if (shown.order.kind !== "purchase") return null;
  return (
    <div class="actions order-actions">
      {shown.order.status !== "cancelled" && (
        <>
          <button type="button" class="button" onClick={() => setOpen("resend")}>
            {staff.resend}
          </button>
          <button type="button" class="button" onClick={() => setOpen("correct")}>
            {staff.correct}
          </button>
        </>
      )}
      {shown.order.status === "unlocked" && (
        <button type="button" class="button" onClick={() => setOpen("lock")}>
          {staff.lock}
        </button>
      )}
      {cancellable(shown).length > 0 && (
        <button type="button" class="button" onClick={() => setOpen("cancel")}>
          {staff.cancel}
        </button>
      )}
      {open === "resend" && <Resend {...props} />}
      {open === "correct" && <Correct {...props} />}
      {open === "lock" && <Lock {...props} />}
      {open === "cancel" && <Cancel {...props} />}
    </div>
  );
}

interface Asking extends Props {
  onClose: () => void;
}

function Resend({ shown, onDone, onClose }: Asking) {
  const { staff } = words.value;
  const write = useWrite();
  const once = useOnce();
  const who = { person: personFull(shown.recipient) };
  const onYes = () =>
    write.run(async () => {
      await told(resend(shown, {}, once.key()));
      await onDone(put(staff.resent, who));
    });
  return (
    <Ask
      asked={{ title: staff.resend, text: <p>{put(staff.resendText, who)}</p>, action: staff.resendYes }}
      busy={write.busy}
      problem={write.problem}
      onYes={() => void onYes()}
      onNo={onClose}
    />
  );
}

function Lock({ shown, onDone, onClose, reload }: Asking) {
  const { staff } = words.value;
  const write = useWrite();
  const once = useOnce();
  const onYes = () =>
    write.run(async () => {
      const params = { path: { orderId: shown.order.orderId }, header: once.key() };
      try {
        await told(api.POST("/v1/orders/{orderId}/lock", { params }));
      } catch (cause) {
        // Perhaps somebody else has locked it: what is shown behind the question is to be true.
        void reload();
        throw cause;
      }
      await onDone(staff.locked);
    });
  return (
    <Ask
      asked={{ title: staff.lock, text: <p>{put(staff.lockText, { customer: shown.customer.name })}</p>, action: staff.lockYes, danger: true }}
      busy={write.busy}
      problem={write.problem}
      onYes={() => void onYes()}
      onNo={onClose}
    />
  );
}

function Correct({ shown, onDone, onClose }: Asking) {
  const { staff } = words.value;
  const [email, setEmail] = useState(shown.recipient.email ?? "");
  const [name, setName] = useState(shown.recipient.name ?? "");
  const [tongue, setTongue] = useState<string>(language.value);
  const once = useOnce();
  const onSend = async () => {
    const body = { email: email.trim(), language: tongue, ...(name.trim() ? { name: name.trim() } : {}) };
    await told(resend(shown, body, once.key(body)));
    await onDone(put(staff.resent, { person: body.email }));
  };
  return (
    <FormDialog title={staff.correct} text={staff.correctText} action={staff.correctYes} onSend={onSend} onClose={onClose}>
      <label class="field">
        <span>{staff.email}</span>
        <input type="email" required maxLength={254} autocomplete="off" value={email} onInput={(event) => setEmail(event.currentTarget.value)} />
      </label>
      <label class="field">
        <span>{staff.name}</span>
        <input type="text" maxLength={200} autocomplete="off" value={name} onInput={(event) => setName(event.currentTarget.value)} />
      </label>
      <LanguageField value={tongue} onChange={setTongue} />
      <p class="muted">{staff.known}</p>
    </FormDialog>
  );
}

function resend(shown: StaffOrder, body: { email?: string; name?: string; language?: string }, header: { "Idempotency-Key": string }) {
  return api.POST("/v1/orders/{orderId}/resend", { params: { path: { orderId: shown.order.orderId }, header }, body });
}
