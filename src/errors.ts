// The one error that crosses layers: a stable code, a sentence a person can act on, and what to do next.

/** Every code a caller may see. The HTTP status of each stands in src/http/problem.ts. */
export type ErrorCode =
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

/** What a caller needs to mend the request, one entry a fault. `at` is a JSON pointer or a parameter's name. */
export interface Fault {
  readonly at: string;
  readonly message: string;
  readonly hint?: string;
}

export interface AppErrorOptions {
  /** What to do next, as one sentence. */
  readonly hint?: string;
  readonly faults?: readonly Fault[];
  /** Machine-readable facts that may be shown to the caller. */
  readonly details?: Readonly<Record<string, unknown>>;
  /** Seconds after which trying again makes sense. */
  readonly retryAfterSeconds?: number;
  /** What happened inside; logged, never shown. */
  readonly cause?: unknown;
  /** Whether a wrong credential was presented: then it is counted for the address of the request. */
  readonly isWrongCredential?: boolean;
}

export class AppError extends Error {
  override readonly name = "AppError";
  readonly hint: string | undefined;
  readonly faults: readonly Fault[] | undefined;
  readonly details: Readonly<Record<string, unknown>> | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly isWrongCredential: boolean;

  constructor(
    readonly code: ErrorCode,
    /** Safe to show to anyone. */
    readonly publicMessage: string,
    options: AppErrorOptions = {},
  ) {
    super(publicMessage, options.cause === undefined ? undefined : { cause: options.cause });
    this.hint = options.hint;
    this.faults = options.faults;
    this.details = options.details;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.isWrongCredential = options.isWrongCredential === true;
  }
}

/** Any of ours, or one of these codes. */
export const isAppError = (err: unknown, ...codes: readonly ErrorCode[]): err is AppError =>
  err instanceof AppError && (codes.length === 0 || codes.includes(err.code));

/** `what`: the store as a sentence's subject, for example "This database". Only a backup helps. */
export const storeDamaged = (what: string, cause?: unknown): AppError =>
  new AppError("STORE_DAMAGED", `${what} is damaged and can't be used.`, {
    hint: "Put it back from a backup; `rondo doctor` says which file it is.",
    cause,
  });

/** `what` was migrated to a schema that this version does not know. */
export const storeNewer = (what: string, schema: string | number): AppError =>
  new AppError("STORE_NEWER", `${what} was made by a newer Rondo: its schema ${schema} is not known here.`, {
    hint: "Start the newer version, or put back a backup that was made before the upgrade.",
  });

/** The one answer for a thing that is missing and for a thing of someone else. */
export const notFound = (noun: string, options: Pick<AppErrorOptions, "isWrongCredential"> = {}): AppError =>
  new AppError("NOT_FOUND", `There is no such ${noun}.`, {
    ...options,
    hint: "Check the id, and that the credential belongs to its owner.",
  });
