// Where reading goes on.

/** Gives the focus to an element where what had it is gone, as a button that a write made pointless. */
export function focusIfLost(id: string): void {
  // What is gone leaves the page with the next drawing.
  requestAnimationFrame(() =>
    setTimeout(() => {
      if (document.activeElement === document.body) document.getElementById(id)?.focus();
    }),
  );
}
