// What rows are called.

import type { Item, Row } from "../api";
import { words } from "../words";

/** "Advanced Queueing red. (channels)", as the licences are sold. */
export function rowName(row: Pick<Row | Item, "application" | "redundancy" | "unit">): string {
  const unit = words.value.licences.units[row.unit];
  return plainName(row) + (unit ? ` (${unit})` : "");
}

/** The same without its unit. */
export function plainName(row: Pick<Row | Item, "application" | "redundancy">): string {
  return row.redundancy ? `${row.application} ${words.value.licences.red}` : row.application;
}
