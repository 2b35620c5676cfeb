// Describes the header with which a request to make music can safely be repeated.
import { about } from "../../openapi/schema.ts";
import { idempotencyKey } from "./making-request.ts";

export const idempotencyHeader = {
  "Idempotency-Key": about(
    { type: "string", pattern: idempotencyKey.source },
    "A request that is repeated with the same key gets the first answer again.",
  ),
};
