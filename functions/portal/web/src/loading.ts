// What is being loaded, and kept current while somebody looks.

import { useCallback, useEffect, useRef, useState } from "preact/hooks";

import { Problem } from "./api";

export interface Loaded<T> {
  data: T | undefined;
  problem: Problem | undefined;
  /** Loads again; the data that is shown stays until then. */
  reload: () => Promise<T | undefined>;
  /** Shows this at once, as after a write. */
  show: (data: T) => void;
}

/**
 * Loads when `key` changes, and again every `everyMs` while the tab is visible. What comes from an older key is dropped.
 */
export function useLoaded<T>(key: string, load: () => Promise<T>, everyMs?: number): Loaded<T> {
  const [state, setState] = useState<{ key: string; data?: T; problem?: Problem }>({ key });
  const current = useRef(key);
  const loader = useRef(load);
  current.current = key;
  loader.current = load;

  const reload = useCallback(async () => {
    try {
      const data = await loader.current();
      if (current.current !== key) return data;
      setState((before) => {
        // What is the same stays the same object, so that nothing is drawn again because of it.
        const isOld = before.key === key && before.data !== undefined && isSame(before.data, data);
        if (isOld && !before.problem) return before;
        return { key, data: isOld ? before.data! : data };
      });
      return data;
    } catch (cause) {
      const problem = cause instanceof Problem ? cause : new Problem("unexpected", 0, String(cause));
      if (current.current === key) setState((before) => ({ ...(before.key === key ? before : { key }), problem }));
      return undefined;
    }
  }, [key]);

  useEffect(() => {
    void reload();
    if (!everyMs) return;
    const look = () => document.visibilityState === "visible" && navigator.onLine && void reload();
    const timer = setInterval(look, everyMs);
    document.addEventListener("visibilitychange", look);
    addEventListener("online", look);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", look);
      removeEventListener("online", look);
    };
  }, [reload, everyMs]);

  const mine = state.key === key ? state : { key };
  const show = useCallback((data: T) => setState({ key, data }), [key]);
  return { data: mine.data, problem: mine.problem, reload, show };
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** Runs one write at a time and keeps its problem. */
export function useWrite(): { busy: boolean; problem: Problem | undefined; run: (write: () => Promise<void>) => Promise<boolean>; clear: () => void } {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | undefined>();
  const running = useRef(false);
  const run = async (write: () => Promise<void>) => {
    if (running.current) return false;
    running.current = true;
    setBusy(true);
    setProblem(undefined);
    try {
      await write();
      return true;
    } catch (cause) {
      setProblem(cause instanceof Problem ? cause : new Problem("unexpected", 0, String(cause)));
      return false;
    } finally {
      running.current = false;
      setBusy(false);
    }
  };
  return { busy, problem, run, clear: () => setProblem(undefined) };
}
