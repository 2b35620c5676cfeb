// The address of a store as a setting names it.

export interface StoreUrl {
  /** What comes before the colon: "sqlite", "mongodb". */
  readonly scheme: string;
  /** An absolute path where the store is on this machine's disk, else the whole address. */
  readonly location: string;
}

/** The store is a file or a folder on a disk of this machine. */
export const isOnDisk = ({ scheme }: StoreUrl): boolean => scheme === "sqlite" || scheme === "file";
