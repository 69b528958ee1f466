// A list that comes in pages, and stays current while somebody looks.

import { useRef } from "preact/hooks";

import type { Problem } from "./api";
import { useLoaded, useWrite } from "./loading";

export interface Page<T> {
  items: T[];
  /** Where the next page begins; none after the last one. */
  next: string | undefined;
}

/**
 * The newest first page over what was loaded before. Where the two do not meet, more has come than a page holds: then only
 * the page is known, because a list with a hole would look whole.
 */
export function joined<T>(known: Page<T> | undefined, first: Page<T>, id: (item: T) => string): Page<T> {
  const last = first.items.at(-1);
  const meets = last === undefined ? -1 : (known?.items.findIndex((item) => id(item) === id(last)) ?? -1);
  if (!known || meets < 0) return first;
  const rest = known.items.slice(meets + 1);
  return rest.length ? { items: [...first.items, ...rest], next: known.next } : first;
}

export interface Paged<T> {
  page: Page<T> | undefined;
  /** Of the list as it was loaded first or again. */
  problem: Problem | undefined;
  reload: () => Promise<unknown>;
  more: { load: () => Promise<unknown>; busy: boolean; problem: Problem | undefined };
}

/** Loads the first page when `key` changes and every `everyMs`, and further ones when asked. */
export function usePaged<T>(key: string, load: (cursor?: string) => Promise<Page<T>>, id: (item: T) => string, everyMs: number): Paged<T> {
  const known = useRef<{ key: string; page: Page<T> } | undefined>(undefined);
  const ofKey = () => (known.current?.key === key ? known.current.page : undefined);
  const keep = (page: Page<T>) => {
    known.current = { key, page };
    return page;
  };
  const loaded = useLoaded(key, async () => {
    const first = await load();
    return keep(joined(ofKey(), first, id));
  }, everyMs);
  const more = useWrite();
  const onMore = () =>
    more.run(async () => {
      const page = await load(ofKey()?.next);
      loaded.show(keep({ items: [...(ofKey()?.items ?? []), ...page.items], next: page.next }));
    });
  return { page: loaded.data, problem: loaded.problem, reload: loaded.reload, more: { load: onMore, busy: more.busy, problem: more.problem } };
}
