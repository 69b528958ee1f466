// What rows are called.

import type { Account, Item, Row } from "../api";
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

/** The name of a row that is told without its unit, with its type where another row has the same name. */
export function poolName(pool: Pick<Row, "application" | "redundancy"> & { licenseType: string }, account: Account): string {
  const rows = account.rows.filter((row) => row.application === pool.application && row.redundancy === pool.redundancy);
  const row = rows.find((row) => row.licenseType === pool.licenseType) ?? rows[0];
  const name = row ? rowName(row) : plainName(pool);
  return row && rows.length > 1 ? `${name}, ${words.value.licences[row.licenseType]}` : name;
}

/** What the care of a row or an item includes. */
export function serviceNames({ services }: Pick<Row | Item, "services">): string {
  const { serviceNames: names, noServices } = words.value.server;
  return services.map((service) => names[service]).join(", ") || noServices;
}
