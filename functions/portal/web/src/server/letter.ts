// The letter with a token that the reader's own mail program sends.

import { put, words } from "../words";
import type { Reached } from "./reached";

interface Told extends Reached {
  server: string;
  token: string;
  vendor: string;
}

/** A `mailto:` address, made here: no server of ours sees the letter. */
export function letter(told: Told): string {
  const { letterSubject, letter } = words.value.server;
  // Mail programs want their line ends.
  const body = put(letter, { ...told }).replace(/\n/g, "\r\n");
  return `mailto:?subject=${encodeURIComponent(put(letterSubject, { server: told.server }))}&body=${encodeURIComponent(body)}`;
}
