// The page's thin client: JSON over fetch with the session's cookie, a guest session at first need, problems as errors.
import { type Queries, type QueryName, queryRequest } from "./queries.generated.ts";
import type {
  Deletion,
  GenerationStatus,
  Page,
  Problem,
  Session,
  StartedGeneration,
  StartedVersion,
  ThingRef,
  TrackSummary,
} from "./wire.ts";

/** A refusal a person can read: `message` says what is wrong, `hint` what to do. Status 0: nothing answered. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  constructor(
    message: string,
    readonly status: number,
    readonly code: string,
    readonly hint: string | undefined,
  ) {
    super(message);
  }
}

export interface StartInput {
  prompt: string;
  durationSeconds: number;
}

export interface ListInput {
  search: string;
  after?: string | undefined;
  limit: number;
}

const SESSION = "rondo.session";
let opening: Promise<void> | undefined;

/** True where this browser was given a session that has not run out. The cookie itself is out of the page's reach. */
export function hasSession(): boolean {
  return Date.parse(localStorage.getItem(SESSION) ?? "") > Date.now();
}

/** Makes a guest session unless there is one; several callers share one request. */
export function ensureSession(): Promise<void> {
  if (hasSession()) return Promise.resolve();
  opening ??= openGuestSession().finally(() => {
    opening = undefined;
  });
  return opening;
}

const openGuestSession = () => openSession("guest");

async function openSession(how: "guest" | Entrance, login: object = {}): Promise<void> {
  const business = document.querySelector<HTMLMetaElement>('meta[name="rondo-business"]')?.content ?? "demo";
  const session = await send<Session>("POST", `/v1/accounts/${how}`, { business, ...login });
  localStorage.setItem(SESSION, session.sessionExpiresAt);
}

export type Entrance = "sign-up" | "sign-in";

/** What this browser's guest made stays, or comes along. */
export const enterAccount = (how: Entrance, login: { email: string; password: string }): Promise<void> =>
  openSession(how, login);

export async function leaveAccount(): Promise<void> {
  await send("POST", "/v1/accounts/sign-out");
  localStorage.removeItem(SESSION);
}

/** The e-mail of who is signed in; null for a guest. */
export async function accountEmail(): Promise<string | null> {
  return (await send<{ email: string | null }>("GET", "/v1/accounts/me")).email;
}

export async function startGeneration(input: StartInput): Promise<StartedGeneration> {
  return withSession(() => send("POST", "/v1/generations", input, { "idempotency-key": newKey() }));
}

export function startVersion(parentId: string, instruction: string): Promise<StartedVersion> {
  return send("POST", `/v1/versions/${parentId}/versions`, { instruction }, { "idempotency-key": newKey() });
}

/** randomUUID exists only where the page came over TLS or from this machine. */
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");
}

export function getGeneration(requestId: string): Promise<GenerationStatus> {
  return send("GET", `/v1/generations/${requestId}`);
}

export function stopGeneration(requestId: string): Promise<GenerationStatus> {
  return send("DELETE", `/v1/generations/${requestId}`);
}

/** The specs call states and kinds text; the server knows no other than ours. */
export function listTracks({ search, after, limit }: ListInput): Promise<Page<TrackSummary>> {
  return query("tracks.list", { limit, search: search || undefined, after }) as Promise<Page<TrackSummary>>;
}

export function listDeletions(after?: string): Promise<Page<Deletion>> {
  return query("trash.list", { after }) as Promise<Page<Deletion>>;
}

export async function renameTrack(trackId: string, title: string): Promise<void> {
  await query("tracks.rename", { trackId, title });
}

function query<Name extends QueryName>(
  name: Name,
  parameters: Queries[Name]["parameters"],
): Promise<Queries[Name]["answer"]> {
  const { method, path, body } = queryRequest(name, parameters);
  return send(method, path, body);
}

const pathOf = ({ kind, id }: ThingRef): string => `/v1/${kind}s/${id}`;

/** Takes a thing to the trash, with all that is in it. */
export async function deleteThing(thing: ThingRef): Promise<void> {
  await send("DELETE", pathOf(thing));
}

export async function restoreThing(thing: ThingRef): Promise<void> {
  await send("POST", `${pathOf(thing)}/restore`);
}

/** Removes for good what lies in the trash. */
export async function purgeThing(thing: ThingRef): Promise<void> {
  await send("DELETE", `${pathOf(thing)}?purge=now`);
}

/** The session's cookie is the credential, so that a link never goes stale in a page left open. */
export const audioUrl = (versionId: string): string => `/v1/versions/${versionId}/audio`;
/** Files to keep: the server gives them their names. */
export const downloadUrl = (versionId: string, format: "mp3" | "wav"): string =>
  `/v1/versions/${versionId}/download?format=${format}`;
export const archiveUrl = (projectId: string): string => `/v1/projects/${projectId}/archive`;
export const eventsUrl = (requestId: string): string => `/v1/generations/${requestId}/events`;

/** Runs a call with a session; one that the server has forgotten is replaced once. */
async function withSession<T>(call: () => Promise<T>): Promise<T> {
  await ensureSession();
  try {
    return await call();
  } catch (err) {
    if (!(err instanceof ApiError) || err.status !== 401) throw err;
    localStorage.removeItem(SESSION);
    await ensureSession();
    return call();
  }
}

async function send<T>(
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<T> {
  const init: RequestInit = { method, headers: { accept: "application/json", ...headers } };
  if (body !== undefined) {
    init.body = JSON.stringify(body);
    init.headers = { ...init.headers, "content-type": "application/json" };
  }
  const res = await fetch(path, init).catch(() => {
    throw new ApiError("Rondo can't be reached.", 0, "UNREACHABLE", "Check your connection, then try again.");
  });
  if (!res.ok) throw await problemOf(res);
  return (res.status === 204 ? undefined : await res.json()) as T;
}

async function problemOf(res: Response): Promise<ApiError> {
  const problem = (await res.json().catch(() => ({}))) as Problem;
  const fault = problem.faults?.[0];
  const message = fault?.message ?? problem.detail ?? problem.title ?? `The server answered ${res.status}.`;
  return new ApiError(message, res.status, problem.code ?? "UNKNOWN", fault?.hint ?? problem.hint);
}
