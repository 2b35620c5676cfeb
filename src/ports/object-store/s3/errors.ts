// Errors of the S3 client as errors of Rondo.
import { AppError } from "../../../errors.ts";

/** The code of S3 or of the client: "NoSuchKey", "AccessDenied", "ConnectionRefused". */
export const codeOf = (err: unknown): string =>
  err instanceof Error && "code" in err && typeof err.code === "string" ? err.code : "";

export const isMissing = (err: unknown): boolean => ["NoSuchKey", "NotFound"].includes(codeOf(err));

const full = /^(QuotaExceeded|XMinioStorageFull|StorageFull|InsufficientStorage|EntityTooLarge)$/;
const refused =
  /^(AccessDenied|InvalidAccessKeyId|SignatureDoesNotMatch|ExpiredToken|InvalidToken|AllAccessDisabled|ERR_S3_.*|Forbidden|Unauthorized)$/;

/** An AppError where the error is S3's or the network's; other errors as they are. */
export function s3ErrorOf(err: unknown, bucket: string): unknown {
  if (err instanceof AppError || !(err instanceof Error) || err.name !== "S3Error") return err;
  const code = codeOf(err);
  if (full.test(code)) {
    return new AppError("STORAGE_FULL", "The object store has no room left.", {
      hint: "Raise the quota, or free space in the bucket; nothing that was stored is lost.",
      cause: err,
    });
  }
  if (code === "NoSuchBucket") {
    return new AppError("UNAVAILABLE", "The object store's bucket does not exist.", {
      hint: `Create the bucket ${bucket}, or set RONDO_OBJECTS_URL to one that exists.`,
      retryAfterSeconds: 60,
      cause: err,
    });
  }
  if (refused.test(code)) {
    return new AppError("UNAVAILABLE", "The object store refuses our credentials.", {
      hint: "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY to a key that may list, read, write and delete in the bucket.",
      retryAfterSeconds: 60,
      cause: err,
    });
  }
  return new AppError("UNAVAILABLE", "The object store cannot be reached right now.", {
    hint: "Try again in a moment.",
    retryAfterSeconds: 5,
    cause: err,
  });
}
