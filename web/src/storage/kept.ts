// Lists the names under which the browser stores the pieces and the list for use without a network. Signing out removes
// them.

import { at } from "../address/at.ts";

/** The key of the list in the browser's storage. */
export const KEPT_LIST = "rondo.list";
/** The cache of whole pieces, which the service worker serves. */
export const KEPT_SOUND = at("rondo-sound-1");
