// Sends the console's requests. The requests carry the entered key, which is stored in this tab
// only. `callAs` sends a user's token instead.
import { createSignal } from "solid-js";
import { t } from "../i18n/translate.ts";
import { ApiError } from "../api/send.ts";
import type { Problem } from "../api/wire.ts";
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
/** `wasRefused`: the key was removed because the server refused it. */
export { key, wasRefused };

const headersOf = (secret: string) => ({ authorization: `Bearer ${secret}` });

/**
 * Sends a request with JSON. Throws an ApiError if the server refuses the request or can't be reached. If the console
 * is in English, the error has the server's own message. In other languages, `inOwnWords` translates the message.
 */
async function send<T>(
  method: string,
  path: string,
  body: unknown,
  headers: Readonly<Record<string, string>>,
): Promise<T> {
  const content = body === undefined ? {} : { "content-type": "application/json" };
  const init = body === undefined ? {} : { body: JSON.stringify(body) };
  const res = await fetch(path, { method, headers: { ...headers, ...content }, ...init }).catch(() => {
    throw new ApiError(
      t("The server can’t be reached."),
      0,
      "UNREACHABLE",
      t("Check your connection, then try again."),
    );
  });
  if (!res.ok) throw await problemOf(res);
  return (res.status === 204 ? undefined : await res.json()) as T;
}

async function problemOf(res: Response): Promise<ApiError> {
  const problem = (await res.json().catch(() => ({}))) as Problem;
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
 * in this tab. Rejects with the server's error for an unknown key.
 */
export async function enter(secret: string): Promise<void> {
  const holder = await send<KeyHolder>("GET", "/v1/manage/me", undefined, headersOf(secret));
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
 * Sends a request with the entered key. Throws the errors of `send`. If the server answers 401,
 * because the key was revoked or has expired, this also removes the key, so that the console shows
 * the sign-in form again.
 */
export async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
  try {
    return await send<T>(method, path, body, headersOf(key()?.secret ?? ""));
  } catch (err) {
    if (err instanceof ApiError && err.status === 401) leave({ isRefused: true });
    throw err;
  }
}

/**
 * Calls a route that answers with one JSON value per line, and passes each value to `onLine` when
 * it arrives. Throws an ApiError if the server refuses the request, but doesn't remove a refused
 * key. If the connection fails, throws the error of `fetch`.
 */
export async function readLines<Line>(
  method: string,
  path: string,
  body: object,
  onLine: (line: Line) => void,
): Promise<void> {
  const headers = { ...headersOf(key()?.secret ?? ""), "content-type": "application/json" };
  const res = await fetch(path, { method, headers, body: JSON.stringify(body) });
  if (!res.ok || res.body === null) throw await problemOf(res);
  let rest = "";
  const reader = res.body.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { done, value = "" } = await reader.read();
    const lines = (rest + value).split("\n");
    rest = done ? "" : lines.pop()!;
    for (const line of lines) if (line.trim() !== "") onLine(JSON.parse(line) as Line);
    if (done) return;
  }
}

/** Sends a request with a user's token instead of the entered key. */
export const callAs = <T>(token: string, method: string, path: string, body?: unknown): Promise<T> =>
  send<T>(method, path, body, headersOf(token));

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
 * function sums only the samples whose line contains `label`. If there are no such samples, or the
 * server refused the request, the sum is 0.
 */
export async function readMetrics(): Promise<(name: string, label?: string) => number> {
  const res = await fetch("/metrics", { headers: headersOf(key()?.secret ?? "") });
  const lines = (await res.text()).split("\n");
  return (name, label = "") =>
    lines
      .filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`))
      .filter((line) => line.includes(label))
      .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" ") + 1)), 0);
}
