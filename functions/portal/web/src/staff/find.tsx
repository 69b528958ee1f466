// The search of vendor staff: an order, a licence, a server.

import { useEffect, useRef, useState } from "preact/hooks";

import { api, Problem, told } from "../api";
import { useWrite } from "../loading";
import { Trouble } from "../parts/basics";
import { go, type Place } from "../router";
import { put, words } from "../words";
import { holdsToken, kept, read, type Sought } from "./sought";

export function Find() {
  const { customers, staff } = words.value;
  const [typed, setTyped] = useState("");
  const [missed, setMissed] = useState("");
  const look = useWrite();
  const here = useRef(true);
  useEffect(() => () => void (here.current = false), []);

  const find = (text: string) => {
    const sought = read(text);
    setMissed("");
    if (!sought) return;
    void look.run(async () => {
      const place = await find_(sought);
      // Who has gone elsewhere meanwhile is not called back.
      if (!here.current) return;
      if (place) go(place);
      else setMissed(sought.kind === "server" ? sought.serverId : sought.text);
    });
  };
  const onInput = (text: string) => {
    setMissed("");
    look.clear();
    setTyped(kept(text));
    // The secret of a token is gone from the field at once, so it can't be waited for.
    if (holdsToken(text)) find(text);
  };
  return (
    <form
      class="field find"
      onSubmit={(event) => {
        event.preventDefault();
        find(typed);
      }}
    >
      <label for="find">{customers.find}</label>
      <div class="pair">
        <input
          id="find"
          type="search"
          autocomplete="off"
          spellcheck={false}
          aria-describedby="find-hint"
          value={typed}
          onInput={(event) => {
            const field = event.currentTarget;
            onInput(field.value);
            field.value = kept(field.value);
          }}
        />
        <button type="submit" class="button" disabled={look.busy}>
          {staff.find}
        </button>
      </div>
      <p id="find-hint" class="hint muted">
        {customers.findHint}
      </p>
      <p class="missed" role="status">
        {missed && put(customers.findNothing, { text: missed })}
      </p>
      <Trouble problem={look.problem} />
    </form>
  );
}

async function find_(sought: Sought): Promise<Place | undefined> {
  if (sought.kind === "server") {
    const { serverId } = sought;
    const server = await known(told(api.GET("/v1/servers/{serverId}", { params: { path: { serverId } } })));
    return server && { screen: "account", account: server.accountId, tab: "licences", server: serverId };
  }
  const order = (await orderWith({ number: sought.text })) ?? (await orderWith({ licenseCode: sought.text }));
  return order && { screen: "order", order: order.order.orderId };
}

function orderWith(query: { number: string } | { licenseCode: string }) {
  return known(told(api.GET("/v1/orders", { params: { query } })));
}

/** What there is, or nothing; a text that no such thing can have names nothing. */
async function known<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (cause) {
    if (cause instanceof Problem && (cause.code === "not_found" || cause.code === "invalid_parameter")) return undefined;
    throw cause;
  }
}
