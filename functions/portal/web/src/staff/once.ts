// One key for one write, however often its button is pressed: an answer that was lost must not do things twice.

import { useRef } from "preact/hooks";

import { onceKey } from "../api";

/** Gives the same key for the same body, a new one for another, and a new one after [`next`]. */
export function useOnce(): { key: (body?: unknown) => { "Idempotency-Key": string }; next: () => void } {
  const last = useRef<{ key: ReturnType<typeof onceKey>; body: string } | undefined>(undefined);
  return {
    key: (body) => {
      const text = JSON.stringify(body ?? null);
      if (last.current?.body !== text) last.current = { key: onceKey(), body: text };
      return last.current.key;
    },
    next: () => (last.current = undefined),
  };
}
