// Describes the streams of a generation, its events and its sound, in the OpenAPI document.
import { ref } from "../openapi/components.ts";
import type { DocumentedRoute } from "../openapi/operation.ts";
import { bytes, listOf } from "../openapi/schema.ts";
import { streamHead, streamRead } from "../openapi/stream-parts.ts";

const events = { tag: "Making music", user: "user", path: "/v1/generations/{requestId}/events" } as const;
const chunks = { tag: "Hearing music", user: "user", path: "/v1/generations/{requestId}/chunks" } as const;

export const generationStreamDocs: readonly DocumentedRoute[] = [
  {
    ...events,
    method: "get",
    summary: "States and progress as a stream of JSON.",
    ...streamRead({ schema: listOf(ref("GenerationEvent")) }),
  },
  { ...events, method: "head", summary: "How far that stream is.", ...streamHead },
  {
    ...chunks,
    method: "get",
    summary: "The sound as a stream: catch up, long-poll or follow.",
    ...streamRead({ type: "audio/mpeg", schema: bytes }),
  },
  { ...chunks, method: "head", summary: "How far that stream is.", ...streamHead },
];
