// Recognises the errors of the file system that mean a full disk or a used-up quota.
export const isDiskFull = (err: unknown): boolean =>
  err instanceof Error && "code" in err && (err.code === "ENOSPC" || err.code === "EDQUOT");
