// Dates and numbers as the reader writes them.

import { language } from "./words";

export function date(day: string): string {
  // A day is a day everywhere: it is read and written in UTC.
  return format({ day: "2-digit", month: "2-digit", year: "numeric", timeZone: "UTC" }).format(new Date(`${day}T00:00Z`));
}

/** Whether a day is over for the reader. */
export function isPast(day: string, now = new Date()): boolean {
  const today = [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((part) => String(part).padStart(2, "0")).join("-");
  return day < today;
}

export function dayOf(instant: string): string {
  return format({ day: "2-digit", month: "2-digit", year: "numeric" }).format(new Date(instant));
}

export function moment(instant: string): string {
  return format({ dateStyle: "medium", timeStyle: "short" }).format(new Date(instant));
}

/** An instant near now: where it is today, its time alone. */
export function near(instant: string, now = new Date()): string {
  const at = new Date(instant);
  return at.toDateString() === now.toDateString() ? format({ timeStyle: "short" }).format(at) : moment(instant);
}

export function number(value: number): string {
  // Italian would write 2500; the licence table says 2.500.
  return new Intl.NumberFormat(locale(), { useGrouping: "always" }).format(value);
}

export function country(code: string): string {
  try {
    return new Intl.DisplayNames(locale(), { type: "region" }).of(code) ?? code;
  } catch {
    return code;
  }
}

/** How far away an instant is: "in 3 hours", "5 minutes ago". */
export function distance(instant: string, now = Date.now()): string {
  const seconds = Math.round((new Date(instant).getTime() - now) / 1000);
  const [unit, length] = UNITS.find(([, length]) => Math.abs(seconds) >= length) ?? (["minute", 60] as const);
  return new Intl.RelativeTimeFormat(locale(), { numeric: "auto" }).format(Math.trunc(seconds / length), unit);
}

const UNITS = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
] as const;

/** English as it is written in Europe. */
function locale(): string {
  return language.value === "en" ? "en-GB" : language.value;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function format(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = locale() + JSON.stringify(options);
  const known = formats.get(key) ?? new Intl.DateTimeFormat(locale(), options);
  formats.set(key, known);
  return known;
}
