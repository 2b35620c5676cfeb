// Translates errors of the S3 client to AppErrors.
import { AppError } from "../../../errors.ts";

/** Returns the code of an error of S3 or of the client, such as "NoSuchKey", "AccessDenied" or "ConnectionRefused". */
const codeOf = (err: unknown): string =>
  err instanceof Error && "code" in err && typeof err.code === "string" ? err.code : "";

export const isMissing = (err: unknown): boolean => ["NoSuchKey", "NotFound"].includes(codeOf(err));

const full = /^(QuotaExceeded|XMinioStorageFull|StorageFull|InsufficientStorage)$/;
const refused =
  /^(AccessDenied|InvalidAccessKeyId|SignatureDoesNotMatch|ExpiredToken|InvalidToken|AllAccessDisabled|ERR_S3_.*|Forbidden|Unauthorized)$/;

/**
 * Translates every error of the S3 client to an AppError. An error with an unknown code becomes UNAVAILABLE. An error
 * about a missing object becomes UNAVAILABLE, too, so check `isMissing` first. Errors that do not come from the S3
 * client are returned unchanged.
 */
export function s3ErrorOf(err: unknown, bucket: string): unknown {
  if (err instanceof AppError || !(err instanceof Error) || err.name !== "S3Error") return err;
  const code = codeOf(err);
  if (full.test(code)) {
    return new AppError("STORAGE_FULL", "The object storage is full.", {
      hint: "Raise the quota, or delete objects in the bucket; stored data is not affected.",
      cause: err,
    });
  }
  if (code === "EntityTooLarge") {
    return new AppError(
      "CONFLICT",
      "The object, or one of its parts, is larger than the object store allows.",
      {
        hint: "Set a smaller RONDO_OBJECT_PART_BYTES, or make shorter pieces.",
        cause: err,
      },
    );
  }
  if (code === "NoSuchBucket") {
    return new AppError("UNAVAILABLE", "The object store's bucket does not exist.", {
      hint: `Create the bucket ${bucket}, or set RONDO_OBJECTS_URL to an existing bucket.`,
      retryAfterSeconds: 60,
      cause: err,
    });
  }
  if (refused.test(code)) {
    return new AppError("UNAVAILABLE", "The object store refuses our credentials.", {
      hint: "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY to a key that can list, read, write and delete in the bucket.",
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
