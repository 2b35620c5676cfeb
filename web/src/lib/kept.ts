// Where the browser keeps what can be heard and seen without a network. Signing out removes it.

/** The key of the list in the browser's storage. */
export const KEPT_LIST = "rondo.list";
/** The cache of whole pieces, which the service worker plays from. */
export const KEPT_SOUND = "rondo-sound-1";
