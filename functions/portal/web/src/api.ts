// The `/v1` API, typed by its own document.

import createClient from "openapi-fetch";

import type { components, paths } from "./schema";
import { bearer, renewed } from "./session";

type Schemas = components["schemas"];
export type Account = Schemas["AccountView"];
export type Row = Schemas["RowView"];
export type Server = Schemas["ServerView"];
export type Offline = Schemas["OfflineView"];
export type Item = Schemas["ItemView"];
export type Grant = Schemas["GrantView"];
export type Note = Schemas["NoteView"];
export type Summary = Schemas["SummaryView"];
export type Order = Schemas["OrderView"];
export type StaffOrder = Schemas["StaffOrderView"];
export type Members = Schemas["MembersView"];
export type Person = Schemas["PersonView"];
export type Ending = Schemas["EndingView"];
export type Entry = Schemas["EntryView"];
export type Me = Schemas["MeView"];
export type ParkedEvent = Schemas["ParkedEventView"];
export type ParkedMail = Schemas["ParkedMailView"];

/** What the service answered instead of what was asked (RFC 9457), or that there was no answer. */
export class Problem extends Error {
  constructor(
    readonly code: string,
    readonly status: number,
    detail: string,
    readonly requestId = "",
  ) {
    super(detail);
  }

  /** Whether the same request may well work in a moment. */
  get isPassing(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

async function send(request: Request): Promise<Response> {
  const body = request.method === "GET" ? undefined : await request.clone().arrayBuffer();
  const attempt = async (token: string | undefined) => {
    const headers = new Headers(request.headers);
    if (token) headers.set("authorization", `Bearer ${token}`);
    return fetch(request.url, { method: request.method, headers, body: body ?? null, signal: request.signal });
  };
  const answer = await attempt(await bearer());
  // The gateway's own 401: the token has ended sooner than its time says.
  return answer.status === 401 ? attempt(await renewed()) : answer;
}

export const api = createClient<paths>({ baseUrl: "/", fetch: send });

/** A key for one write, the same however often it is sent. */
export function onceKey(): { "Idempotency-Key": string } {
  return { "Idempotency-Key": crypto.randomUUID() };
}

interface Answered<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** The document of an answer; what is none is thrown as a [`Problem`]. */
export async function told<T>(asked: Promise<Answered<T>>): Promise<T> {
  let answer: Answered<T>;
  try {
    answer = await asked;
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === "AbortError") throw cause;
    throw new Problem("no_answer", 0, "");
  }
  if (answer.response.ok) return answer.data as T;
  const { code, detail, requestId } = (answer.error ?? {}) as Partial<Record<"code" | "detail" | "requestId", string>>;
  const id = requestId ?? answer.response.headers.get("apigw-requestid") ?? "";
  throw new Problem(code ?? "gateway", answer.response.status, detail ?? "", id);
}
