// Stores the audio of the last pieces that were played, for times without a network. The service worker serves it.
import { KEPT_SOUND } from "./kept.ts";

/** The maximum number of stored pieces. Five minutes of audio are 5 MB. */
const KEPT_MAX = 5;

/**
 * Stores the complete audio of a piece. `url` is its path on this server. If KEPT_MAX pieces are stored already, the
 * piece that was stored first is removed. If the browser's data saver is on, nothing is stored.
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
    // The storage is full, or the network failed: the piece is loaded again when it is played.
  }
}
