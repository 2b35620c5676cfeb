// Names the entries of the browser's storage that the page needs without a network: the user's list of pieces, and the
// audio of pieces. Signing out removes both.

import { at } from "../address/at.ts";

/** The key of the list in the browser's storage. */
export const KEPT_LIST = "rondo.list";
/**
 * The name of the cache of complete pieces. The service worker sends the pieces from this cache. `sw.ts` contains the
 * same name a second time, so change the name in both files.
 */
export const KEPT_SOUND = at("rondo-sound-1");
