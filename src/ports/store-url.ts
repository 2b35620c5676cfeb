// Defines the parts of a URL with which a setting names a store.

export interface StoreUrl {
  /** The part before the colon, such as "sqlite" or "mongodb". */
  readonly scheme: string;
  /** An absolute path if the store is on this machine's disk, otherwise the complete URL. */
  readonly location: string;
}

/** Returns whether the store is a file or a folder on a disk of this machine. */
export const isOnDisk = ({ scheme }: StoreUrl): boolean => scheme === "sqlite" || scheme === "file";
