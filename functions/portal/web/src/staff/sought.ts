// What vendor staff typed to find something.

export type Sought = { kind: "server"; serverId: string } | { kind: "text"; text: string };

/** A token's text, of which only the id before the bar may go anywhere. */
export function holdsToken(typed: string): boolean {
  return typed.includes("|");
}

/** What stays of a text in the field: of a token its server's id alone. */
export function kept(typed: string): string {
  if (!holdsToken(typed)) return typed;
  return /(b\d+)\s*\|/i.exec(typed)?.[1]?.toLowerCase() ?? "";
}

/** What is meant; nothing where there is nothing to look for. */
export function read(typed: string): Sought | undefined {
  const text = kept(typed).trim();
  if (!text) return undefined;
  // Whatever follows a server's id may be the rest of a token whose bar was lost: it goes nowhere.
  const serverId = (holdsToken(typed) ? /^b\d+/i : /^b\d{9}/i).exec(text)?.[0].toLowerCase();
  return serverId ? { kind: "server", serverId } : { kind: "text", text };
}
