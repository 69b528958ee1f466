// A dialog with a form that writes something.

import type { ComponentChildren } from "preact";

import { useWrite } from "../loading";
import { words } from "../words";
import { Dialog, Trouble } from "./basics";

export interface FormProps {
  title: string;
  text: string;
  /** What the button says that sends it. */
  action: string;
  danger?: boolean;
  /** Whether what was given is enough to be sent. */
  ready?: boolean;
  onSend: () => Promise<void>;
  onClose: () => void;
  children?: ComponentChildren;
}

/** It stays open, with what went wrong, until the write has worked. */
export function FormDialog({ title, text, action, danger = false, ready = true, onSend, onClose, children }: FormProps) {
  const write = useWrite();
  return (
    <Dialog title={title} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void write.run(onSend);
        }}
      >
        <p>{text}</p>
        {children}
        <Trouble problem={write.problem} />
        <div class="actions">
          <button type="submit" class={danger ? "button danger" : "button first"} disabled={write.busy || !ready}>
            {action}
          </button>
          <button type="button" class="button" onClick={onClose}>
            {words.value.frame.cancel}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
