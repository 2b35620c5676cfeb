// Provides the functions with which the page calls the API, and the addresses of audio, downloads and events.
import { at } from "../address/at.ts";
import { type Queries, type QueryName, queryRequest } from "./queries.generated.ts";
import { send } from "./send.ts";
import { inSession, isVisitor, withSession } from "./session.ts";
import type {
  Described,
  GenerationOptions,
  Deletion,
  GenerationStatus,
  Page,
  StartedGeneration,
  StartedVersion,
  ThingRef,
  TrackSummary,
} from "./wire.ts";

/** The optional fields that are sent with the prompt. */
interface MoreInput {
  seed?: number;
  options?: GenerationOptions | undefined;
  /** The name of a generator. */
  generator?: string | undefined;
}

/** A number of seconds, or "endless" for a piece that goes on until it is stopped. */
export type Length = number | "endless";

export interface StartInput extends MoreInput {
  prompt: string;
  durationSeconds: Length;
}

export interface ListInput {
  search?: string;
  /** Limits the list to the pieces of this album. */
  projectId?: string;
  /** Limits the list to the liked pieces. */
  isLiked?: true | undefined;
  orderBy?: ListOrder | undefined;
  after?: string | undefined;
  limit: number;
}

export type ListOrder = "createdAt.desc" | "title.asc" | "length.desc" | "likedAt.desc";

export async function startGeneration(input: StartInput): Promise<StartedGeneration & Described> {
  return withSession(() => send("POST", "/v1/generations", input, { "idempotency-key": newKey() }));
}

export function startVersion(parentId: string, instruction: string): Promise<StartedVersion> {
  return inSession(() =>
    send("POST", `/v1/versions/${parentId}/versions`, { instruction }, { "idempotency-key": newKey() }),
  );
}

/**
 * Returns a random idempotency key. Each request has its own key, so a second call of
 * `startGeneration` starts a second piece. The key is not made by `crypto.randomUUID`, because
 * browsers have that function only on pages that were loaded over TLS or from localhost.
 */
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");
}

export function getGeneration(requestId: string): Promise<GenerationStatus> {
  return send("GET", `/v1/generations/${requestId}`);
}

export function stopGeneration(requestId: string): Promise<GenerationStatus> {
  return inSession(() => send("DELETE", `/v1/generations/${requestId}`));
}

/** The result is cast, because the generated types have `string` for states and kinds. wire.ts lists their values. */
export function listTracks({ search, ...input }: ListInput): Promise<Page<TrackSummary>> {
  return query("tracks.list", { ...input, search: search || undefined }) as Promise<Page<TrackSummary>>;
}

export async function listDeletions(after?: string): Promise<Page<Deletion>> {
  if (await isVisitor()) return { items: [], next: null };
  return query("trash.list", { after }) as Promise<Page<Deletion>>;
}

/** Resolves to null if the piece no longer exists. */
export async function getTrack(trackId: string): Promise<TrackSummary | null> {
  const { item } = await query("tracks.get", { trackId });
  return item as TrackSummary | null;
}

export async function renameTrack(trackId: string, title: string): Promise<void> {
  await query("tracks.rename", { trackId, title });
}

export async function likeTrack(trackId: string, isLiked: boolean): Promise<void> {
  await query("tracks.like", { trackId, isLiked });
}

/**
 * Returns the names of the generators from which the user can choose, the default first. The list
 * is empty if the server has no RONDO_GENERATORS.
 */
export async function listGenerators(): Promise<readonly string[]> {
  const { items } = await send<{ items: { name: string }[] }>("GET", "/v1/generators");
  return items.map(({ name }) => name);
}

/** Calls a named query. */
export function query<Name extends QueryName>(
  name: Name,
  parameters: Queries[Name]["parameters"],
): Promise<Queries[Name]["answer"]> {
  const { method, path, body } = queryRequest(name, parameters);
  return inSession(() => send(method, path, body));
}

export const pathOf = ({ kind, id }: ThingRef): string => `/v1/${kind}s/${id}`;

/** Moves an item and its contents to the trash. */
export async function deleteThing(thing: ThingRef): Promise<void> {
  await inSession(() => send("DELETE", pathOf(thing)));
}

export async function restoreThing(thing: ThingRef): Promise<void> {
  await inSession(() => send("POST", `${pathOf(thing)}/restore`));
}

/** Deletes an item in the trash for good. */
export async function purgeThing(thing: ThingRef): Promise<void> {
  await inSession(() => send("DELETE", `${pathOf(thing)}?purge=now`));
}

/** Unlike a signed link, the address does not expire. The credential is the session's cookie. */
export const audioUrl = (versionId: string): string => at(`/v1/versions/${versionId}/audio`);
export type DownloadFormat = "mp3" | "wav" | "midi" | "musicxml" | "abc" | "stems";
/** Returns the address of a download. The server chooses the name of the file. */
export const downloadUrl = (versionId: string, format: DownloadFormat): string =>
  at(`/v1/versions/${versionId}/download?format=${format}`);
export const eventsUrl = (requestId: string): string => at(`/v1/generations/${requestId}/events`);
