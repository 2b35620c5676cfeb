// Sends the console's requests. The requests carry the entered key, which is stored in this tab
// only. `callAs` sends a user's token instead.
import { createSignal } from "solid-js";
import { t } from "../i18n/translate.ts";
import { ApiError, readProblem, throwUnreachable } from "../api/send.ts";
import { stored } from "../storage/stored.ts";
import { inOwnWords } from "./refusals.ts";

export interface KeyHolder {
  readonly kind: "operator" | "business";
  /** The business of the key; null for the operator. */
  readonly business: { readonly slug: string; readonly name: string } | null;
  /** Null for the operator. */
  readonly scopes: readonly string[] | null;
}

interface Entered extends KeyHolder {
  readonly secret: string;
}

const kept = stored("rondo.console", "sessionStorage");

const isEntered = (value: unknown): value is Entered =>
  typeof value === "object" && value !== null && "secret" in value && "kind" in value;

const before = kept.read();
const [key, setKey] = createSignal<Entered | undefined>(isEntered(before) ? before : undefined);
const [wasRefused, setRefused] = createSignal(false);
/** `wasRefused`: the last key was removed because the server refused this key. */
export { key, wasRefused };

const headersOf = (secret: string) => ({ authorization: `Bearer ${secret}` });

interface Ask {
  readonly method: string;
  readonly path: string;
  /** The body, which is sent as JSON. */
  readonly body?: unknown;
  readonly headers: Readonly<Record<string, string>>;
  /** An error status, such as 503. If the response has this status, it is returned, and no error is thrown. */
  readonly alsoReads?: number;
}

/**
 * Sends a request. Throws an ApiError if the server refuses the request or can't be reached. If the console is in
 * English, the error has the server's own message. In other languages, `inOwnWords` translates the message.
 */
async function respond({ method, path, body, headers, alsoReads }: Ask): Promise<Response> {
  const content = body === undefined ? {} : { "content-type": "application/json" };
  const init = body === undefined ? {} : { body: JSON.stringify(body) };
  const res = await fetch(path, { method, headers: { ...headers, ...content }, ...init }).catch(
    throwUnreachable,
  );
  if (!res.ok && res.status !== alsoReads) throw await problemOf(res);
  return res;
}

async function send<T>(ask: Ask): Promise<T> {
  const res = await respond(ask);
  return (res.status === 204 ? undefined : await res.json().catch(throwUnreachable)) as T;
}

/**
 * Sends a request with the entered key. Throws the errors of `respond`. If the server answers 401,
 * because the key was revoked or has expired, this also removes the key, so that the console shows
 * the sign-in form again.
 */
async function respondWithKey(ask: Omit<Ask, "headers">): Promise<Response> {
  try {
    return await respond({ ...ask, headers: headersOf(key()?.secret ?? "") });
  } catch (err) {
    if (err instanceof ApiError && err.status === 401) leave({ isRefused: true });
    throw err;
  }
}

async function problemOf(res: Response): Promise<ApiError> {
  const problem = await readProblem(res);
  const fault = problem.faults?.[0];
  const { code = "UNKNOWN" } = problem;
  const sent = fault?.message ?? problem.detail ?? problem.title;
  const said =
    sent === undefined
      ? { message: t("The server answered {status}.", { status: String(res.status) }) }
      : inOwnWords(code, { message: sent, hint: fault?.hint ?? problem.hint });
  return new ApiError(said.message, res.status, code, said.hint);
}

/**
 * Signs in to the console: asks the server whether the key belongs to the operator or to a business, and stores the key
 * in this tab. If the server refuses the key or can't be reached, throws the error of `respond` and stores nothing.
 */
export async function enter(secret: string): Promise<void> {
  const holder = await send<KeyHolder>({ method: "GET", path: "/v1/manage/me", headers: headersOf(secret) });
  const entered = { ...holder, secret };
  kept.write(entered);
  setRefused(false);
  setKey(entered);
}

/** Removes the key from this tab. */
export function leave({ isRefused = false } = {}): void {
  kept.write(null);
  setRefused(isRefused);
  setKey(undefined);
}

/**
 * Sends a request with the entered key, and returns the JSON of the response, or undefined for
 * status 204. Throws the errors of `respondWithKey`. Also throws an ApiError if a successful response
 * can't be read to its end or is not JSON.
 */
export async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
  const res = await respondWithKey({ method, path, body });
  return (res.status === 204 ? undefined : await res.json().catch(throwUnreachable)) as T;
}

/**
 * Calls a route that answers with one JSON value per line, and passes each value to `onLine` when
 * it arrives. Throws the errors of `respondWithKey`, and also an ApiError if the connection fails
 * before the last line has arrived.
 */
export async function readLines<Line>(
  method: string,
  path: string,
  body: object,
  onLine: (line: Line) => void,
): Promise<void> {
  const res = await respondWithKey({ method, path, body });
  if (res.body === null) return;
  let rest = "";
  const reader = res.body.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { done, value = "" } = await reader.read().catch(throwUnreachable);
    const lines = (rest + value).split("\n");
    rest = done ? "" : lines.pop()!;
    for (const line of lines) if (line.trim() !== "") onLine(JSON.parse(line) as Line);
    if (done) return;
  }
}

/** Like `call`, but sends a user's token instead of the entered key. Status 401 does not remove the entered key. */
export const callAs = <T>(token: string, method: string, path: string, body?: unknown): Promise<T> =>
  send<T>({ method, path, body, headers: headersOf(token) });

/**
 * Returns the path with the search parameters that are not empty. `of` is the slug of a business, which is added as the
 * parameter `business`. Leave `of` undefined if the request is not about one business, or if the key belongs to a
 * business.
 */
export function at(path: string, of: string | undefined, search: Record<string, string | undefined> = {}) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...search, business: of })) if (value) query.set(name, value);
  const text = query.toString();
  return text === "" ? path : `${path}?${text}`;
}

/**
 * Reads the metrics. The returned function sums the samples of a metric. If `label` is given, the
 * function sums only the samples whose line contains `label`. If there are no such samples, the sum
 * is 0. Throws the errors of `respondWithKey`, and also an ApiError if the response can't be read to
 * its end.
 */
export async function readMetrics(): Promise<(name: string, label?: string) => number> {
  const res = await respondWithKey({ method: "GET", path: "/metrics" });
  const lines = (await res.text().catch(throwUnreachable)).split("\n");
  return (name, label = "") =>
    lines
      .filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`))
      .filter((line) => line.includes(label))
      .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" ") + 1)), 0);
}

export interface Ready {
  readonly status: "ready" | "not ready";
  readonly needs: readonly { readonly name: string; readonly ok: boolean; readonly ms: number }[];
  readonly acceptsNewWork: boolean;
  /** Null if the businesses could not be counted. */
  readonly businessesNotServed: number | null;
}

/** Reads whether the process and its stores are ready. The server reports "not ready" with the status 503. */
export async function readReady(): Promise<Ready> {
  const res = await respondWithKey({ method: "GET", path: "/ready", alsoReads: 503 });
  return (await res.json().catch(throwUnreachable)) as Ready;
}
