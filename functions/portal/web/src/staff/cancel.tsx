// Staff cancels an order, or some of its licences.

import { useState } from "preact/hooks";

import { api, told, type StaffOrder } from "../api";
import { useWrite } from "../loading";
import { Dialog, Trouble } from "../parts/basics";
import { put, words } from "../words";
import { useOnce } from "./once";

type Line = StaffOrder["order"]["lines"][number];

interface Props {
  shown: StaffOrder;
  onDone: (sentence: string) => Promise<void>;
  onClose: () => void;
  reload: () => Promise<unknown>;
}

/** The licences of an order that can still be cancelled. */
export function cancellable({ order }: Pick<StaffOrder, "order">): Line[] {
  return order.lines.filter((line) => line.status !== "cancelled");
}

export function Cancel({ shown, onDone, onClose, reload }: Props) {
  const { staff, frame } = words.value;
  const lines = cancellable(shown);
  const [reason, setReason] = useState("");
  const [kept, setKept] = useState<ReadonlySet<string>>(new Set());
  const codes = lines.map((line) => line.licenseCode).filter((code) => !kept.has(code));
  const write = useWrite();
  const once = useOnce();
  const onSend = () =>
    write.run(async () => {
      const body = { reason: reason.trim(), licenseCodes: codes };
      try {
        const params = { path: { orderId: shown.order.orderId }, header: once.key(body) };
        await told(api.POST("/v1/orders/{orderId}/cancel", { params, body }));
      } catch (cause) {
        // Perhaps somebody else has cancelled it: what is shown behind the question is to be true.
        void reload();
        throw cause;
      }
      await onDone(staff.cancelled);
    });
  const toggle = (code: string) => {
    const next = new Set(kept);
    if (!next.delete(code)) next.add(code);
    setKept(next);
  };
  return (
    <Dialog title={staff.cancel} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void onSend();
        }}
      >
        <p>{put(shown.order.status === "unlocked" ? staff.cancelUnlockedText : staff.cancelLockedText, { customer: shown.customer.name })}</p>
        <fieldset class="plain">
          <legend>{staff.cancelWhich}</legend>
          {lines.map((line) => (
            <label key={line.licenseCode} class="box">
              <input type="checkbox" checked={!kept.has(line.licenseCode)} onChange={() => toggle(line.licenseCode)} />
              <span>{`${line.licenseCode} · ${line.product}`}</span>
            </label>
          ))}
        </fieldset>
        <label class="field">
          <span>{staff.cancelReason}</span>
          <input type="text" required maxLength={200} autocomplete="off" value={reason} onInput={(event) => setReason(event.currentTarget.value)} />
        </label>
        <Trouble problem={write.problem} />
        <div class="actions">
          <button type="submit" class="button danger" disabled={write.busy || codes.length === 0 || reason.trim() === ""}>
            {staff.cancelYes}
          </button>
          <button type="button" class="button" onClick={onClose}>
            {frame.cancel}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
