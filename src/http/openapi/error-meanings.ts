// What each error code means to whoever gets it.
import type { ErrorCode } from "../../errors.ts";

export const errorMeanings: Readonly<Record<ErrorCode, string>> = {
  BODY_TOO_LARGE: "The body is larger than this route takes.",
  CONFIG_INVALID: "The server's own settings can't work.",
  CONFLICT: "It clashes with what is already stored, or with the state it is in.",
  CONTENT_DAMAGED: "The stored sound is not what was written, and is not given out.",
  FORBIDDEN: "The credential is good, and not one for this.",
  GENERATION_FAILED: "The generator could not make it; the detail says why.",
  GONE: "It was there, and is not any more.",
  IDEMPOTENCY_MISMATCH: "This Idempotency-Key was used for another request.",
  INTERNAL: "Something went wrong on our side. The request id finds it in the log.",
  INVALID_BODY: "The body is no JSON, or no object.",
  INVALID_OFFSET: "The offset is none of this stream.",
  INVALID_PARAMETER: "Parameters that can't be used; `faults` names each.",
  METHOD_NOT_ALLOWED: "This address takes another method; Allow says which.",
  NOT_FOUND: "There is no such thing, or it is someone else's: which of the two is not told.",
  PRODUCER_FENCED: "A producer of a higher epoch writes this stream now.",
  PRODUCER_GAP: "An append of this producer is missing before this one.",
  QUERY_TIMEOUT: "The query took longer than it may, and was stopped.",
  RANGE_NOT_SATISFIABLE: "The range begins after the end; Content-Range says how long it is.",
  RESULT_TOO_LARGE: "More rows or bytes than the query may give.",
  SPEC_INVALID: "A query's spec has faults.",
  STORAGE_FULL: "There is no room left to store it.",
  STREAM_CLOSED: "The stream has ended: nothing can be added.",
  STREAM_CONFLICT:
    "There is a stream here that is not like the one asked for, or the append comes out of order.",
  TOO_MANY_REQUESTS: "Slow down; Retry-After says for how long.",
  UNAUTHENTICATED: "No credential, or one that opens nothing.",
  UNAVAILABLE: "Something that is needed is away. Retry-After says when to try again.",
  UNSUPPORTED_MEDIA_TYPE: "The body has to be application/json.",
  URL_TOO_LONG: "The URL is longer than 64 KiB; a named query takes its parameters by POST, too.",
};
