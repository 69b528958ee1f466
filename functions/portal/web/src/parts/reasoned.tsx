// A dialog whose write needs a reason.

import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";

import { useWrite } from "../loading";
import { words } from "../words";
import { Dialog, Trouble } from "./basics";

interface Props {
  title: string;
  text: string;
  action: string;
  onSend: (reason: string) => Promise<void>;
  onClose: () => void;
  children?: ComponentChildren;
}

/** It stays open, with what went wrong, until the write has worked. */
export function Reasoned({ title, text, action, onSend, onClose, children }: Props) {
  const { acting, frame } = words.value;
  const [reason, setReason] = useState("");
  const write = useWrite();
  return (
    <Dialog title={title} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void write.run(() => onSend(reason.trim()));
        }}
      >
        <p>{text}</p>
        {children}
        <label class="field">
          <span>{acting.reason}</span>
          <input type="text" required maxLength={200} autocomplete="off" value={reason} onInput={(event) => setReason(event.currentTarget.value)} />
        </label>
        <Trouble problem={write.problem} />
        <div class="actions">
          <button type="submit" class="button first" disabled={write.busy}>
            {action}
          </button>
          <button type="button" class="button" onClick={onClose}>
            {frame.cancel}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
