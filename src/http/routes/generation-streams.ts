// /v1/generations/{requestId}/chunks and /events: OPTIONS, and the refusal of writes. Their reads are in reads/stream-read.ts.
import { Hono } from "hono";
import { streamRoutes } from "../durable-streams/router.ts";
import type { HttpEnv } from "../wire.ts";

export const generationStreamRoutes = () =>
  new Hono<HttpEnv>().route("/:requestId/chunks", streamRoutes()).route("/:requestId/events", streamRoutes());
