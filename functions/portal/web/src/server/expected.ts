// When a server comes next, and what it runs until then.

import type { Server } from "../api";
import { near } from "../format";
import type { Reached } from "./reached";
import { put, words } from "../words";
import type { Details } from "./details";

type Window = NonNullable<Details["nextCheckIn"]>;

/** Whether a server should have come by now. */
export function isLate({ latest }: Window, now: Date): boolean {
  return now > new Date(latest);
}

/** When it is expected, or that it has not come. */
export function expectedText(window: Window, now: Date): string {
  const { server } = words.value;
  return isLate(window, now) ? put(server.late, { at: near(window.latest, now) }) : near(window.earliest, now);
}

/** Whether a server was disabled and this has taken effect: it is expected no more. */
export function isOff({ disabledFrom }: Pick<Server, "disabledFrom">, now: Date): boolean {
  return disabledFrom ? new Date(disabledFrom) <= now : false;
}

type Waiting = Pick<Server, "disabledFrom"> & Partial<Pick<Server, "mode">>;

/** That a server still runs what it had before the last change; nothing where it has the newest, is disabled or offline. */
export function waitsText(server: Waiting, details: Details | undefined, now: Date, reached: Reached): string {
  if (server.mode === "offline" || server.disabledFrom || !details?.nextCheckIn || details.upToDate) return "";
  const { server: texts } = words.value;
  const { nextCheckIn: window } = details;
  return isLate(window, now)
    ? put(texts.waitsLate, { at: near(window.latest, now), ...reached })
    : put(texts.waits, { at: near(window.earliest, now) });
}
