// The audit trail as a table in one file.

import { api, told, type Account } from "../api";

interface Part {
  text: string;
  /** The address of the next part, as `Link` names it. */
  link: string | null;
}

/** The whole trail: where the service cuts it, the next part follows, without repeating the line of heads. */
export async function wholeTable(load: (cursor?: string) => Promise<Part>): Promise<string> {
  let table = "";
  let cursor: string | undefined;
  do {
    const { text, link } = await load(cursor);
    table += table ? text.slice(text.indexOf("\n") + 1) : text;
    cursor = nextCursor(link);
  } while (cursor);
  return table;
}

/** The cursor of `Link: <…>; rel="next"`. Only this is taken from the address: the bearer goes nowhere but to our service. */
export function nextCursor(link: string | null): string | undefined {
  const address = /<([^>]+)>\s*;\s*rel="?next"?/.exec(link ?? "")?.[1];
  return address ? (new URLSearchParams(address.split("?")[1] ?? "").get("cursor") ?? undefined) : undefined;
}

/** Gives the browser a file to save. */
export async function saveTable(account: Account): Promise<void> {
  const table = await wholeTable(async (cursor) => {
    const asked = api.GET("/v1/accounts/{accountId}/audit", {
      params: { path: { accountId: account.accountId }, query: cursor ? { cursor } : {} },
      headers: { accept: "text/csv" },
      parseAs: "text",
    });
    return { text: await told<string>(asked), link: (await asked).response.headers.get("link") };
  });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([table], { type: "text/csv" }));
  link.download = `${account.customer.number.replace(/[^\w.-]+/g, "-")}.csv`;
  link.click();
  // Some browsers read it only after the click.
  setTimeout(() => URL.revokeObjectURL(link.href), KEPT_MS);
}

const KEPT_MS = 60_000;
