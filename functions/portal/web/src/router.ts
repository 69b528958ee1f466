// Which screen an address means.

import { computed, signal } from "@preact/signals";

export type Place =
  | { screen: "customers" }
  | { screen: "account"; account: string; tab: Tab; server?: string }
  | { screen: "order"; order: string }
  | { screen: "mails" }
  | { screen: "profile" }
  | { screen: "events" }
  | { screen: "nowhere" };

export const TABS = ["licences", "endings", "orders", "people", "history"] as const;
export type Tab = (typeof TABS)[number];

const address = signal(location.pathname);

/** Asked before the place changes; `false` stays. */
export const guard: { mayLeave: () => boolean } = { mayLeave: () => true };

export const place = computed<Place>(() => read(address.value));

export function read(path: string): Place {
  const [first, second, third, fourth, ...rest] = path.split("/").filter(Boolean).map(decodeURIComponent);
  if (rest.length) return { screen: "nowhere" };
  if (!first || (first === "customers" && !second)) return { screen: "customers" };
  if (first === "profile" && !second) return { screen: "profile" };
  if (first === "mails" && !second) return { screen: "mails" };
  if (first === "events" && !second) return { screen: "events" };
  if (first === "orders" && second && !third) return { screen: "order", order: second };
  if (first !== "customers" || !second) return { screen: "nowhere" };
  if (third === "servers" && fourth) return { screen: "account", account: second, tab: "licences", server: fourth };
  const tab = TABS.find((tab) => tab === (third ?? "licences"));
  return tab && !fourth ? { screen: "account", account: second, tab } : { screen: "nowhere" };
}

export function path(place: Place): string {
  switch (place.screen) {
    case "account": {
      const account = `/customers/${encodeURIComponent(place.account)}`;
      if (place.server) return `${account}/servers/${encodeURIComponent(place.server)}`;
      return place.tab === "licences" ? account : `${account}/${place.tab}`;
    }
    case "order":
      return `/orders/${encodeURIComponent(place.order)}`;
    case "mails":
      return "/mails";
    case "profile":
      return "/profile";
    case "events":
      return "/events";
    default:
      return "/";
  }
}

export function go(to: Place, replace = false): void {
  const next = path(to);
  if (next === address.value) return;
  if (!guard.mayLeave()) return;
  history[replace ? "replaceState" : "pushState"](null, "", next);
  address.value = next;
}

/** After the issuer sent us back the address is another one than at the start. */
export function arrive(): void {
  address.value = location.pathname;
}

addEventListener("popstate", () => {
  if (location.pathname === address.value) return;
  if (guard.mayLeave()) address.value = location.pathname;
  else history.pushState(null, "", address.value);
});
