// What is done to people, one deed at a time.

import type { Asked } from "../parts/basics";

export interface Deed {
  /** Tells it from other deeds: sent again it is the same write. */
  name: string;
  act: (header: { "Idempotency-Key": string }) => Promise<unknown>;
  /** What to say when it is done. */
  said: string;
  /** Whether the reader has no access afterwards. */
  leaves?: boolean;
}

export interface Doing {
  busy: boolean;
  run: (deed: Deed) => void;
  /** Asks before. */
  ask: (asked: Asked, deed: Deed) => void;
}
