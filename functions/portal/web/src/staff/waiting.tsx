// What staff does with something that was given up: once more, or never.

import { useState } from "preact/hooks";

import { useWrite } from "../loading";
import { Ask, Trouble } from "../parts/basics";
import { words } from "../words";
import { useOnce } from "./once";

type Header = ReturnType<ReturnType<typeof useOnce>["key"]>;

interface Deed {
  /** What the button says, and what it says to whoever can't see which one it belongs to. */
  label: string;
  of: string;
  write: (header: Header) => Promise<unknown>;
  /** What was done, in a sentence. */
  done: string;
}

interface Props {
  again: Deed;
  dismiss: Omit<Deed, "label"> & { title: string; text: string };
  onDone: (sentence: string) => Promise<void>;
}

export function Waiting({ again, dismiss, onDone }: Props) {
  const { staff } = words.value;
  const [asks, setAsks] = useState(false);
  const retrying = useWrite();
  const dismissing = useWrite();
  const once = useOnce();
  const onAgain = () =>
    retrying.run(async () => {
      await again.write(once.key("again"));
      // It may be given up again, and then the next try is another one.
      once.next();
      await onDone(again.done);
    });
  const onDismiss = () =>
    dismissing.run(async () => {
      await dismiss.write(once.key("dismiss"));
      setAsks(false);
      await onDone(dismiss.done);
    });
  return (
    <>
      <div class="actions">
        <button type="button" class="button" disabled={retrying.busy} aria-label={again.of} onClick={() => void onAgain()}>
          {again.label}
        </button>
        <button type="button" class="button" aria-label={dismiss.of} onClick={() => setAsks(true)}>
          {staff.dismiss}
        </button>
      </div>
      <Trouble problem={retrying.problem} />
      {asks && (
        <Ask
          asked={{ title: dismiss.title, text: <p>{dismiss.text}</p>, action: staff.dismiss, danger: true }}
          busy={dismissing.busy}
          problem={dismissing.problem}
          onYes={() => void onDismiss()}
          onNo={() => {
            dismissing.clear();
            setAsks(false);
          }}
        />
      )}
    </>
  );
}
