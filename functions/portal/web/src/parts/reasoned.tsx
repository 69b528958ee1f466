// A dialog whose write needs a reason.

import { useState } from "preact/hooks";

import { words } from "../words";
import { FormDialog, type FormProps } from "./form";

interface Props extends Omit<FormProps, "onSend"> {
  /** What the field of the reason says, where it is read by others than the vendor. */
  label?: string;
  onSend: (reason: string) => Promise<void>;
}

export function Reasoned({ label, onSend, children, ...form }: Props) {
  const [reason, setReason] = useState("");
  return (
    <FormDialog {...form} onSend={() => onSend(reason.trim())}>
      {children}
      <label class="field">
        <span>{label ?? words.value.acting.reason}</span>
        <input
          type="text"
          required
          pattern=".*\S.*"
          maxLength={200}
          autocomplete="off"
          value={reason}
          onInput={(event) => setReason(event.currentTarget.value)}
        />
      </label>
    </FormDialog>
  );
}
