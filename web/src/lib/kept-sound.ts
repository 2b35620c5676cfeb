// The sound of the last pieces that were heard, kept for times without a network. The service worker plays it from there.
import { KEPT_SOUND } from "./kept.ts";

/** Pieces, not bytes: five minutes of sound are 5 MB. */
const KEPT_MAX = 5;

/** Keeps a whole piece, in place of the one that was heard longest ago. A person who saves data keeps nothing. */
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
    // There is no room, or the network went away: the piece is read again when it is played.
  }
}
