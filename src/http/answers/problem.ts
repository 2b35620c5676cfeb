// Answers errors as application/problem+json (RFC 9457), with a stable code and a hint about the next step.
import { AppError, type ErrorCode } from "../../errors.ts";

export const statusOf: Readonly<Record<ErrorCode, number>> = {
  ACCOUNT_DELETING: 409,
  APP_INVALID: 422,
  BODY_TOO_LARGE: 413,
  CONFIG_INVALID: 500,
  CONFLICT: 409,
  CONTENT_DAMAGED: 502,
  FORBIDDEN: 403,
  GENERATION_FAILED: 502,
  GONE: 410,
  IDEMPOTENCY_MISMATCH: 422,
  INTERNAL: 500,
  INVALID_BODY: 400,
  INVALID_OFFSET: 400,
  INVALID_PARAMETER: 400,
  METHOD_NOT_ALLOWED: 405,
  NOT_FOUND: 404,
  NUMBER_OUT_OF_RANGE: 422,
  PRODUCER_FENCED: 403,
  PRODUCER_GAP: 409,
  QUERY_TIMEOUT: 504,
  QUOTA_REACHED: 429,
  RANGE_NOT_SATISFIABLE: 416,
  RESULT_TOO_LARGE: 422,
  SPEC_INVALID: 500,
  STORAGE_FULL: 507,
  STORE_DAMAGED: 503,
  STORE_NEWER: 503,
  STREAM_CLOSED: 409,
  STREAM_CONFLICT: 409,
  TOO_MANY_REQUESTS: 429,
  UNAUTHENTICATED: 401,
  UNAVAILABLE: 503,
  UNSUPPORTED_MEDIA_TYPE: 415,
  URL_TOO_LONG: 414,
};

const titles: Readonly<Partial<Record<number, string>>> = {
  400: "Bad request",
  401: "Not signed in",
  403: "Not allowed",
  404: "Not found",
  405: "Method not allowed",
  409: "Conflict",
  410: "Gone",
  413: "Too large",
  414: "URL too long",
  415: "Unsupported media type",
  416: "Range not satisfiable",
  422: "Can't be processed",
  429: "Too many requests",
  502: "Upstream error",
  503: "Not available now",
  504: "Took too long",
  507: "Storage is full",
};

/**
 * Returns the error that the response describes. An AppError whose status is not 500 is returned
 * unchanged. Any other error becomes INTERNAL, with a message that reveals nothing about the inside
 * of the server.
 */
export const asAppError = (err: unknown): AppError =>
  err instanceof AppError && statusOf[err.code] !== 500
    ? err
    : new AppError("INTERNAL", "Something went wrong on the server.", {
        hint: "Try again. If the error persists, report the request id to the operator.",
        cause: err,
      });

/**
 * A response with the status 503 always has a Retry-After header. If the error has no
 * `retryAfterSeconds`, the header is 1 second.
 */
export function problemResponse(err: unknown, requestId: string): Response {
  const known = asAppError(err);
  const status = statusOf[known.code];
  const headers = new Headers({ "content-type": "application/problem+json", "cache-control": "no-store" });
  if (known.retryAfterSeconds !== undefined) headers.set("retry-after", String(known.retryAfterSeconds));
  else if (status === 503) headers.set("retry-after", "1");
  if (status === 401) headers.set("www-authenticate", 'Bearer realm="rondo"');
  if (status === 405 && known.details?.allow !== undefined) headers.set("allow", String(known.details.allow));
  const body = {
    type: `/docs/errors#${known.code}`,
    title: titles[status] ?? "Internal error",
    status,
    detail: known.publicMessage,
    code: known.code,
    ...(known.hint === undefined ? {} : { hint: known.hint }),
    ...(known.faults === undefined ? {} : { faults: known.faults }),
    ...(known.details === undefined ? {} : { details: known.details }),
    requestId,
  };
  return new Response(JSON.stringify(body), { status, headers });
}
