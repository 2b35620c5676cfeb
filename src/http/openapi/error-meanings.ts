// Lists the meaning of each error code and what to do about it. The OpenAPI document, /docs/errors and
// docs/reference/errors.md contain these texts.
import type { ErrorCode } from "../../errors.ts";

export interface ErrorMeaning {
  readonly meaning: string;
  /** Markdown text. Its links are relative to docs/reference/errors.md. */
  readonly whatToDo: string;
}

export const errorMeanings: Readonly<Record<ErrorCode, ErrorMeaning>> = {
  ACCOUNT_DELETING: {
    meaning: "The account was deleted by its owner. It can be restored until `details.deleteAfter`.",
    whatToDo:
      "Restore the account with `POST /v1/accounts/restore`. To sign up again with the same e-mail, wait until the account is erased.",
  },
  APP_INVALID: {
    meaning: "The app of a business has faults: in its tables, its query specs or its theme.",
    whatToDo: "Correct each of the `faults`. Each fault names its file and the place in this file.",
  },
  BODY_TOO_LARGE: {
    meaning: "The body is larger than this route accepts.",
    whatToDo: "Send less; the [limits](api.md#limits) say how much.",
  },
  CONFIG_INVALID: {
    meaning: "The settings of the server are invalid. This is reported when Rondo starts, not in answers.",
    whatToDo: "Correct the setting that the error names; run `rondo doctor`.",
  },
  CONFLICT: {
    meaning: "The request conflicts with stored data, or with the current state of the resource.",
    whatToDo:
      "Read `detail` and `hint`. If the answer has `details`, they name the columns or the state. Read the resource again before you retry.",
  },
  CONTENT_DAMAGED: {
    meaning: "The stored audio differs from what was written, so it is not sent.",
    whatToDo: "The operator puts the file back and runs `rondo jobs retry`.",
  },
  FORBIDDEN: {
    meaning: "The credential is valid, but it can't be used here.",
    whatToDo: "Use the kind of credential that the [route](api.md#credentials) asks for.",
  },
  GENERATION_FAILED: {
    meaning: "The generator could not make the piece; `detail` gives the reason.",
    whatToDo: "Request the piece again, or use another prompt.",
  },
  GONE: {
    meaning: "The resource existed and has been deleted.",
    whatToDo: "Send no further requests for it; create a new one.",
  },
  IDEMPOTENCY_MISMATCH: {
    meaning: "This Idempotency-Key was used for another request.",
    whatToDo: "Use a new key for a new request; repeat a key only with the same body.",
  },
  INTERNAL: {
    meaning: "The server failed. Its log has the cause under the request id.",
    whatToDo: "Retry; if the error persists, give the `requestId` to the operator.",
  },
  INVALID_BODY: {
    meaning: "The body is not valid JSON, or not a JSON object.",
    whatToDo: "Correct the body: UTF-8, no repeated key, at most 128 levels deep.",
  },
  INVALID_OFFSET: {
    meaning: "The offset does not belong to this stream.",
    whatToDo: "Begin at `offset=-1`, or use an offset that this stream gave.",
  },
  INVALID_PARAMETER: {
    meaning:
      "Some parameters are invalid. If the answer has `faults`, each fault names an invalid parameter.",
    whatToDo: "Read `detail` and `hint`, and correct each of the `faults`.",
  },
  METHOD_NOT_ALLOWED: {
    meaning: "This path does not support the method; the Allow header lists the supported ones.",
    whatToDo: "Use one of the methods in the header `Allow`.",
  },
  NOT_FOUND: {
    meaning:
      "The resource does not exist, or it belongs to someone else. The answer is the same in both cases.",
    whatToDo: "Check the id, and use a credential of the owner of the resource.",
  },
  NUMBER_OUT_OF_RANGE: {
    meaning: "A calculation of the query overflows its number type.",
    whatToDo: "Send smaller numbers.",
  },
  PRODUCER_FENCED: {
    meaning: "A producer with a higher epoch writes this stream now.",
    whatToDo: "Stop writing: another process has taken over.",
  },
  PRODUCER_GAP: {
    meaning: "An earlier append of this producer is missing.",
    whatToDo: "Send the missing append first. Its number is in the header `Producer-Expected-Seq`.",
  },
  QUERY_TIMEOUT: {
    meaning: "The query exceeded its time limit and was stopped. A write has changed nothing.",
    whatToDo: "Request less data; `rondo specs check` names the reads that need an index.",
  },
  QUOTA_REACHED: {
    meaning:
      "A quota of the user or of the business is used up; the answer says how much was used, and when the count starts again.",
    whatToDo:
      "Wait as long as `Retry-After` says, or ask for a higher [quota](../guides/usage-and-quotas.md).",
  },
  RANGE_NOT_SATISFIABLE: {
    meaning: "The range starts after the end of the content; Content-Range gives the length.",
    whatToDo: "Ask for a range within that length.",
  },
  RESULT_TOO_LARGE: {
    meaning: "The result has more rows or bytes than the query allows.",
    whatToDo: "Ask for fewer rows, or raise the `guards` of the spec.",
  },
  SPEC_INVALID: {
    meaning:
      "A query spec is invalid. This is reported when Rondo starts and on the command line, not in answers.",
    whatToDo: "Correct the `faults`; run `rondo specs check`.",
  },
  STORAGE_FULL: {
    meaning: "The storage is full. Nothing was changed.",
    whatToDo: "The operator [frees disk space](../guides/run-in-production.md#a-full-disk).",
  },
  STORE_DAMAGED: {
    meaning: "A store of this business is damaged; the operator has to restore it from a backup.",
    whatToDo: "The operator runs `rondo doctor`, which names the file.",
  },
  STORE_NEWER: {
    meaning: "A store of this business was written by a newer version of Rondo than this server runs.",
    whatToDo: "The operator starts the newer version, or restores an older backup.",
  },
  STREAM_CLOSED: {
    meaning: "The stream is closed: nothing can be appended.",
    whatToDo: "Make a new stream.",
  },
  STREAM_CONFLICT: {
    meaning: "A stream with other settings exists at this path, or the append is out of order.",
    whatToDo: "Read the stream's headers by `HEAD`; send appends in order.",
  },
  TOO_MANY_REQUESTS: {
    meaning: "A rate limit was exceeded; Retry-After gives the seconds to wait.",
    whatToDo: "Wait as long as `Retry-After` says ([limits](../settings.md#limits)).",
  },
  UNAUTHENTICATED: {
    meaning: "The request has no credential, or an invalid one.",
    whatToDo: "Send a valid [credential](api.md#credentials); get a new token when the old one has ended.",
  },
  UNAVAILABLE: {
    meaning:
      "Rondo, or a service that it needs, can't do this at the moment. If the answer has Retry-After, it gives the seconds to wait.",
    whatToDo: "Retry after `Retry-After` seconds.",
  },
  UNSUPPORTED_MEDIA_TYPE: {
    meaning: "The Content-Type of the body is not supported.",
    whatToDo: "Send `content-type: application/json`.",
  },
  URL_TOO_LONG: {
    meaning: "The URL is longer than 64 KiB.",
    whatToDo: "Call a named query by `POST`, with its parameters as the body.",
  },
};
