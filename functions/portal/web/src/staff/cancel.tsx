// Staff cancels an order, or some of its licences.

import { useState } from "preact/hooks";

import { api, told, type StaffOrder } from "../api";
import { Reasoned } from "../parts/reasoned";
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
  const { staff } = words.value;
  const lines = cancellable(shown);
  const [kept, setKept] = useState<ReadonlySet<string>>(new Set());
  const codes = lines.map((line) => line.licenseCode).filter((code) => !kept.has(code));
  const once = useOnce();
  const onSend = async (reason: string) => {
    const body = { reason, licenseCodes: codes };
    try {
      const params = { path: { orderId: shown.order.orderId }, header: once.key(body) };
      await told(api.POST("/v1/orders/{orderId}/cancel", { params, body }));
    } catch (cause) {
      // Perhaps somebody else has cancelled it: what is shown behind the question is to be true.
      void reload();
      throw cause;
    }
    await onDone(staff.cancelled);
  };
  const toggle = (code: string) => {
    const next = new Set(kept);
    if (!next.delete(code)) next.add(code);
    setKept(next);
  };
  const text = shown.order.status === "unlocked" ? staff.cancelUnlockedText : staff.cancelLockedText;
  return (
    <Reasoned
      title={staff.cancel}
      text={put(text, { customer: shown.customer.name })}
      label={staff.cancelReason}
      action={staff.cancelYes}
      danger
      ready={codes.length > 0}
      onSend={onSend}
      onClose={onClose}
    >
      <fieldset class="plain">
        <legend>{staff.cancelWhich}</legend>
        {lines.map((line) => (
          <label key={line.licenseCode} class="box">
            <input type="checkbox" checked={!kept.has(line.licenseCode)} onChange={() => toggle(line.licenseCode)} />
            <span>{`${line.licenseCode} · ${line.product}`}</span>
          </label>
        ))}
      </fieldset>
    </Reasoned>
  );
}
