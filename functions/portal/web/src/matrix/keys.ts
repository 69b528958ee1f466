// Moving through the cells with the keyboard.

/** Arrow keys move, also out of the middle of a number where there is none to move in; Enter goes down. */
export function move(table: HTMLTableElement, event: KeyboardEvent): void {
  const here = event.target as HTMLInputElement;
  const step = stepOf(event, here);
  if (!step) return;
  const rows = [...table.tBodies[0]!.rows].map((row) => [...row.querySelectorAll<HTMLInputElement>(".cell input")]).filter((row) => row.length);
  const y = rows.findIndex((row) => row.includes(here));
  const x = rows[y]?.indexOf(here) ?? -1;
  const there = rows[y + step.y]?.[x + step.x];
  if (!there) return;
  event.preventDefault();
  there.focus();
  // The first column stays where it is while the others scroll under it.
  there.scrollIntoView({ block: "nearest", inline: "center" });
}

function stepOf(event: KeyboardEvent, { value, selectionStart, selectionEnd }: HTMLInputElement): { x: number; y: number } | undefined {
  if (event.altKey || event.ctrlKey || event.metaKey) return undefined;
  const all = selectionStart === 0 && selectionEnd === value.length;
  switch (event.key) {
    case "ArrowUp":
      return { x: 0, y: -1 };
    case "ArrowDown":
    case "Enter":
      return { x: 0, y: event.shiftKey ? -1 : 1 };
    case "ArrowLeft":
      return all || selectionEnd === 0 ? { x: -1, y: 0 } : undefined;
    case "ArrowRight":
      return all || selectionStart === value.length ? { x: 1, y: 0 } : undefined;
    default:
      return undefined;
  }
}
