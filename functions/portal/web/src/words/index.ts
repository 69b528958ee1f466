// The language that the reader chose, and what is said in it.

import { computed, signal } from "@preact/signals";

import { en } from "./en";
import { it } from "./it";
import type { Words } from "./shape";

export const LANGUAGES = { en, it } satisfies Record<string, Words>;
export type Language = keyof typeof LANGUAGES;

const KEPT = "language";

export const language = signal<Language>(first());
export const words = computed<Words>(() => LANGUAGES[language.value]);

function first(): Language {
  const known = (tag: string | null): tag is Language => tag !== null && tag in LANGUAGES;
  const wishes = [localStorage.getItem(KEPT), ...navigator.languages.map((tag) => tag.split("-")[0] ?? "")];
  return wishes.find(known) ?? "en";
}

export function speak(chosen: Language): void {
  language.value = chosen;
  localStorage.setItem(KEPT, chosen);
}

/** Fills `{name}` in. */
export function put(text: string, values: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** The form for a number, with `{count}` filled in as the reader writes numbers. */
export function many(forms: { readonly one: string; readonly other: string }, count: number): string {
  const form = new Intl.PluralRules(language.value).select(count) === "one" ? forms.one : forms.other;
  return put(form, { count: new Intl.NumberFormat(language.value).format(count) });
}
