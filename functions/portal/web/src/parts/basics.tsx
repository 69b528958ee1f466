// Small pieces that every screen is made of.

import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";

import type { Problem } from "../api";
import { path, go, type Place } from "../router";
import { put, words } from "../words";

interface LinkProps {
  to: Place;
  children: ComponentChildren;
  class?: string;
  title?: string;
  "aria-current"?: "page" | undefined;
}

export function Link({ to, children, class: look = "", title = "", "aria-current": current }: LinkProps) {
  const follow = (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    go(to);
  };
  return (
    <a href={path(to)} class={look} title={title} aria-current={current} onClick={follow}>
      {children}
    </a>
  );
}

/** The sentence of a problem in the reader's language. */
export function sentence(problem: Problem): string {
  const known: Record<string, string> = words.value.problems;
  return known[problem.code] ?? (problem.message || words.value.problems.unexpected);
}

/** What went wrong, and what can be done about it. */
export function Trouble({ problem, retry }: { problem: Problem | undefined; retry?: (() => void) | undefined }) {
  if (!problem) return null;
  const { frame } = words.value;
  return (
    <div class="notice wrong" role="alert">
      <p>{sentence(problem)}</p>
      {problem.requestId && problem.status >= 500 && <p>{put(frame.requestId, { id: problem.requestId })}</p>}
      {retry && (
        <p>
          <button type="button" class="button link" onClick={retry}>
            {frame.retry}
          </button>
        </p>
      )}
    </div>
  );
}

/** What is wider than a phone: it scrolls by itself, also with the keyboard. */
export function Scroll({ label, children }: { label: string; children: ComponentChildren }) {
  return (
    <div class="scroll" tabIndex={0} role="group" aria-label={label}>
      {children}
    </div>
  );
}

export function Loading() {
  return (
    <p class="empty" role="status">
      {words.value.frame.loading}
    </p>
  );
}

/** A question or form over the page. The browser keeps the focus in it and gives it back. */
export function Dialog({ title, children, onClose }: { title: string; children: ComponentChildren; onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const before = document.activeElement;
    dialog.current?.showModal();
    return () => {
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      class="appears"
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <h2 id={id}>{title}</h2>
      {children}
    </dialog>
  );
}

export interface Asked {
  title: string;
  text: ComponentChildren;
  action: string;
  danger?: boolean;
}

/** Asks before something is done, and shows what went wrong with it. */
export function Ask({
  asked,
  busy,
  problem,
  onYes,
  onNo,
}: {
  asked: Asked;
  busy: boolean;
  problem: Problem | undefined;
  onYes: () => void;
  onNo: () => void;
}) {
  return (
    <Dialog title={asked.title} onClose={onNo}>
      {asked.text}
      <Trouble problem={problem} />
      <div class="actions">
        <button type="button" class={asked.danger ? "button danger" : "button first"} disabled={busy} onClick={onYes}>
          {asked.action}
        </button>
        <button type="button" class="button" onClick={onNo}>
          {words.value.frame.cancel}
        </button>
      </div>
    </Dialog>
  );
}
