// Sends the requests for albums and sharing, and builds the addresses of ZIPs. These functions are
// in a separate file, because only views that are loaded on demand use them.
import { at } from "../address/at.ts";
import { pathOf, query } from "./api.ts";
import { send } from "./send.ts";
import { inSession, isVisitor, withSession } from "./session.ts";
import type { Album, Page, ThingRef } from "./wire.ts";

export async function listAlbums(after?: string): Promise<Page<Album>> {
  if (await isVisitor()) return { items: [], next: null };
  return query("projects.list", { limit: 100, after, orderBy: "updatedAt.desc" });
}

/** Resolves to null if the album no longer exists. */
export async function getAlbum(projectId: string): Promise<Album | null> {
  const { item } = await query("projects.get", { projectId });
  return item && { id: item.id, name: item.name, updatedAt: item.updatedAt, trackCount: item.tracks.length };
}

/** Creates an album. Signs in as a guest first if this browser has no session. */
export async function createAlbum(name: string): Promise<Album> {
  const { item } = await withSession(() => query("projects.create", { name }));
  return item;
}

export async function renameAlbum(projectId: string, name: string): Promise<void> {
  await query("projects.rename", { projectId, name });
}

export async function moveTrack(trackId: string, projectId: string): Promise<void> {
  await query("tracks.move", { trackId, projectId });
}

/** Both addresses are null if the piece or album is not shared. */
export interface ShareLinks {
  url: string | null;
  embedUrl: string | null;
}

/**
 * Reads (GET), creates (PUT) or removes (DELETE) the link of a piece or an album. Resolves to the addresses that the
 * link has after the request.
 */
export function shareLink(method: "GET" | "PUT" | "DELETE", thing: ThingRef): Promise<ShareLinks> {
  return inSession(() => send(method, `${pathOf(thing)}/share`));
}

/** The address of a ZIP of these pieces. */
export const piecesUrl = (trackIds: readonly string[]): string =>
  at(`/v1/archive?${new URLSearchParams(trackIds.map((id) => ["trackId", id]))}`);
export const archiveUrl = (projectId: string): string => at(`/v1/projects/${projectId}/archive`);
