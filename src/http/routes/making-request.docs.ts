// Describes the header that makes a request to make music safe to repeat.
import { about } from "../openapi/schema.ts";
import { idempotencyKey } from "./making-request.ts";

export const idempotencyHeader = {
  "Idempotency-Key": about(
    { type: "string", pattern: idempotencyKey.source },
    "The same key with the same request gives the first answer again.",
  ),
};
