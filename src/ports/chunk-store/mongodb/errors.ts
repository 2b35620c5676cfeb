// Translates errors of MongoDB and its driver to AppErrors.
import {
  MongoNetworkError,
  MongoNotConnectedError,
  MongoOperationTimeoutError,
  MongoServerError,
  MongoSystemError,
  MongoTopologyClosedError,
} from "mongodb";
import { AppError } from "../../../errors.ts";

const duplicateKey = 11_000;
const outOfDiskSpace = 14_031;
/** The error code of Atlas for all its refusals: of a password, of a command, and of a write to a full cluster. */
const atlasError = 8_000;
const unauthorized = new Set([13, 18]);
/**
 * The error codes of a server that is reachable but can't serve requests now, because it is stepping down, starting,
 * too slow or over its limits.
 */
const passing = new Set([
  6, 7, 24, 50, 63, 64, 89, 91, 112, 133, 134, 189, 202, 251, 262, 317, 358, 384, 462, 9001, 10_058, 10_107,
  11_600, 11_602, 13_435, 13_436,
]);

export const isDuplicateKey = (err: unknown): boolean =>
  err instanceof MongoServerError && err.code === duplicateKey;

/**
 * Returns whether the error means that the server is temporarily unreachable or can't serve
 * requests now. Then an idempotent operation can be retried.
 */
export const isAway = (err: unknown): boolean =>
  err instanceof MongoNetworkError ||
  err instanceof MongoSystemError ||
  err instanceof MongoNotConnectedError ||
  err instanceof MongoOperationTimeoutError ||
  err instanceof MongoTopologyClosedError ||
  (err instanceof MongoServerError && passing.has(Number(err.code)));

/** Returns whether the server refused the credentials, or the user has no permission. */
export const isRefused = (err: unknown): boolean =>
  err instanceof MongoServerError &&
  // The driver adds this label to the errors of a sign-in.
  (unauthorized.has(Number(err.code)) || (err.code === atlasError && err.hasErrorLabel("HandshakeError")));

// All refusals of Atlas have the same code and name. Only the message shows that the cluster is full.
const isFull = (err: unknown): boolean =>
  err instanceof MongoServerError &&
  (err.code === outOfDiskSpace || (err.code === atlasError && err.message.includes("space quota")));

/**
 * Returns an AppError for an error that means UNAVAILABLE or STORAGE_FULL, with the error as its
 * `cause`. Returns any other error unchanged.
 */
export function translated(err: unknown): unknown {
  if (isAway(err)) return away(err);
  if (isRefused(err)) {
    return new AppError("UNAVAILABLE", "The chunk store refuses the credentials.", {
      hint: "Check the user and password in RONDO_CHUNKS_URL, and the user's permissions.",
      retryAfterSeconds: 30,
      cause: err,
    });
  }
  if (isFull(err)) {
    return new AppError("STORAGE_FULL", "The chunk storage is full.", {
      hint: "Nothing was written. Free space or delete streams, then retry the append.",
      retryAfterSeconds: 30,
      cause: err,
    });
  }
  return err;
}

export const away = (cause: unknown): AppError =>
  new AppError("UNAVAILABLE", "The chunk store can't be reached.", {
    hint: "Rondo reconnects automatically. Send the request again later.",
    retryAfterSeconds: 1,
    cause,
  });
