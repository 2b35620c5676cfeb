// Describes the header that makes a request to make music safe to repeat.
import { about } from "../../openapi/schema.ts";
import { idempotencyKey } from "./making-request.ts";

export const idempotencyHeader = {
  "Idempotency-Key": about(
    { type: "string", pattern: idempotencyKey.source },
    "A request that is repeated with the same key gets the first answer again.",
  ),
};
