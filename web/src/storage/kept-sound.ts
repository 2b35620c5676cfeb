// Stores the audio of a few played pieces, for times without a network. The service worker serves
// the stored audio.
import { KEPT_SOUND } from "./kept.ts";

/** The maximum number of stored pieces. Five minutes of audio are about 5 MB. */
const KEPT_MAX = 5;

/**
 * Stores the complete audio of a piece. `url` is the path of the audio on this server. Does nothing if the audio is
 * already stored, if the browser's data saver is on, or if the browser has no Cache API. If KEPT_MAX pieces are stored,
 * the oldest of them is removed first (it stays removed if the load then fails). Never rejects.
 */
export async function keepSound(url: string): Promise<void> {
  const { connection } = navigator as { connection?: { saveData?: boolean } };
  if (!globalThis.caches || connection?.saveData) return;
  try {
    const cache = await caches.open(KEPT_SOUND);
    const kept = await cache.keys();
    if (kept.some((request) => new URL(request.url).pathname === url)) return;
    for (const old of kept.slice(0, Math.max(0, kept.length - KEPT_MAX + 1))) await cache.delete(old);
    await cache.add(url);
  } catch {
    // The storage is full, or the load failed. The piece is not stored, so the next playback loads
    // the piece from the server.
  }
}
