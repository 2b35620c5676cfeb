// Serves /v1/generations/{requestId}/chunks and /events: answers OPTIONS, refuses appends without a
// write token, and refuses PUT and DELETE. Reads are handled in src/http/reads/stream-read.ts. The
// appends of generators are handled in generation-writes.ts.
import { Hono } from "hono";
import { AppError } from "../../../errors.ts";
import { streamRoutes } from "../../durable-streams/router.ts";
import type { HttpEnv } from "../../wire.ts";

export function generationStreamRoutes() {
  const streams = streamRoutes(undefined, { writtenElsewhere: ["POST"] });
  return new Hono<HttpEnv>()
    .post("/:requestId/chunks", refuseWrite)
    .post("/:requestId/events", refuseWrite)
    .route("/:requestId/chunks", streams)
    .route("/:requestId/events", streams);
}

function refuseWrite(): never {
  throw new AppError("FORBIDDEN", "Only the generator of this piece can append here.", {
    hint: "The generator receives a write token with the request to make the piece.",
  });
}
