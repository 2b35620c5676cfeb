// Describes the header with which a request to make music can safely be repeated.
import { about } from "../../openapi/schema.ts";
import { idempotencyKey } from "./making-request.ts";

export const idempotencyHeader = {
  "Idempotency-Key": about(
    { type: "string", pattern: idempotencyKey.source },
    "A repeated request with the same key gets the answer of the first request. A different request with this key is refused.",
  ),
};
