// Defines the only error type that crosses layers: a stable code, a sentence for people, and a hint.

/** All codes that a caller can get. Their HTTP statuses are in src/http/answers/problem.ts. */
export type ErrorCode =
  | "ACCOUNT_DELETING"
  | "APP_INVALID"
  | "BODY_TOO_LARGE"
  | "CONFIG_INVALID"
  | "CONFLICT"
  | "CONTENT_DAMAGED"
  | "FORBIDDEN"
  | "GENERATION_FAILED"
  | "GONE"
  | "IDEMPOTENCY_MISMATCH"
  | "INTERNAL"
  | "INVALID_BODY"
  | "INVALID_OFFSET"
  | "INVALID_PARAMETER"
  | "METHOD_NOT_ALLOWED"
  | "NOT_FOUND"
  | "NUMBER_OUT_OF_RANGE"
  | "PRODUCER_FENCED"
  | "PRODUCER_GAP"
  | "QUERY_TIMEOUT"
  | "QUOTA_REACHED"
  | "RANGE_NOT_SATISFIABLE"
  | "RESULT_TOO_LARGE"
  | "SPEC_INVALID"
  | "STORAGE_FULL"
  | "STORE_DAMAGED"
  | "STORE_NEWER"
  | "STREAM_CLOSED"
  | "STREAM_CONFLICT"
  | "TOO_MANY_REQUESTS"
  | "UNAUTHENTICATED"
  | "UNAVAILABLE"
  | "UNSUPPORTED_MEDIA_TYPE"
  | "URL_TOO_LONG";

/**
 * One fault that the caller has to fix in the request. `at` is a JSON pointer or a parameter's
 * name.
 */
export interface Fault {
  readonly at: string;
  readonly message: string;
  readonly hint?: string;
}

export interface AppErrorOptions {
  /** The next step, as one sentence. */
  readonly hint?: string;
  readonly faults?: readonly Fault[];
  /** Machine-readable facts, which are shown to the caller. */
  readonly details?: Readonly<Record<string, unknown>>;
  /** The number of seconds after which another try makes sense. */
  readonly retryAfterSeconds?: number;
  /** The internal cause; logged, never shown. */
  readonly cause?: unknown;
  /** Whether the caller sent a wrong credential. Such errors are counted per client address. */
  readonly isWrongCredential?: boolean;
}

export class AppError extends Error {
  override readonly name = "AppError";
  readonly code: ErrorCode;
  /** Safe to show to anyone. */
  readonly publicMessage: string;
  readonly hint: string | undefined;
  readonly faults: readonly Fault[] | undefined;
  readonly details: Readonly<Record<string, unknown>> | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly isWrongCredential: boolean;

  constructor(code: ErrorCode, publicMessage: string, options: AppErrorOptions = {}) {
    super(publicMessage, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.publicMessage = publicMessage;
    this.hint = options.hint;
    this.faults = options.faults;
    this.details = options.details;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.isWrongCredential = options.isWrongCredential === true;
  }
}

/**
 * Whether the error is an AppError. If `codes` are given, the error must also have one of these
 * codes.
 */
export const isAppError = (err: unknown, ...codes: readonly ErrorCode[]): err is AppError =>
  err instanceof AppError && (codes.length === 0 || codes.includes(err.code));

/**
 * The error for a damaged store, which only a backup can restore. `what` is the store as the subject of a sentence, for
 * example "This database".
 */
export const storeDamaged = (what: string, cause?: unknown): AppError =>
  new AppError("STORE_DAMAGED", `${what} is damaged and can't be used.`, {
    hint: "Restore it from a backup; `rondo doctor` names the file.",
    cause,
  });

/**
 * The error for a store with a schema that this version does not know. `what` is the store as the subject of a
 * sentence.
 */
export const storeNewer = (what: string, schema: string | number): AppError =>
  new AppError(
    "STORE_NEWER",
    `${what} was created by a newer Rondo: this version does not know its schema ${schema}.`,
    {
      hint: "Start the newer version, or restore a backup that was made before the upgrade.",
    },
  );

/**
 * The error for a thing that doesn't exist or belongs to another owner. The error is the same in both cases, so that a
 * caller can't find out whether the thing exists.
 */
export const notFound = (noun: string, options: Pick<AppErrorOptions, "isWrongCredential"> = {}): AppError =>
  new AppError("NOT_FOUND", `There is no such ${noun}.`, {
    ...options,
    hint: "Check the id, and use a credential of the owner of the resource.",
  });
