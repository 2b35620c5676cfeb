// Describes the two streams of a generation for the OpenAPI document: the stream of events and the stream of sound.
import { ref } from "../../openapi/components.ts";
import type { DocumentedRoute } from "../../openapi/operation.ts";
import { generatorReportSchema } from "../../../generations/run/generator-reports.ts";
import { about, bytes, listOf, oneOf, sentAs, text, whole } from "../../openapi/schema.ts";
import { streamHead, streamHeaders, streamRead } from "../../openapi/stream-parts.ts";

const events = { tag: "Making music", user: "user", path: "/v1/generations/{requestId}/events" } as const;
const chunks = { tag: "Hearing music", user: "user", path: "/v1/generations/{requestId}/chunks" } as const;

const writing = "For generators";
const appendHeaders = {
  "Stream-Closed": about(oneOf("true"), "This append is the last one, and closes the stream."),
  "Producer-Id": about(text, "Identifies the producer. It requires Producer-Epoch and Producer-Seq."),
  "Producer-Epoch": about(whole, "Once an epoch has been used, appends with a lower epoch are refused."),
  "Producer-Seq": about(whole, "Numbers the appends within the epoch: 0, 1, 2…"),
};
const tail = {
  "Stream-Next-Offset": streamHeaders["Stream-Next-Offset"],
  "Stream-Closed": streamHeaders["Stream-Closed"],
};
const appended = {
  200: { says: "The append has a Producer-Id and is stored.", headers: tail },
  204: {
    says: "The append is stored. The status is 204 and not 200 in three cases: the append has no Producer-Id, it was stored earlier, or it has no data and only closes the stream.",
    headers: tail,
  },
} as const;
const appendErrors = [
  ...(["INVALID_BODY", "INVALID_PARAMETER", "BODY_TOO_LARGE", "STREAM_CLOSED", "STREAM_CONFLICT"] as const),
  ...(["PRODUCER_FENCED", "PRODUCER_GAP", "GONE", "STORAGE_FULL"] as const),
];

export const generationStreamDocs: readonly DocumentedRoute[] = [
  {
    ...events,
    method: "get",
    summary: "Reads the states and the progress of a generation as a stream of JSON.",
    ...streamRead({ schema: listOf(ref("GenerationEvent")) }),
  },
  { ...events, method: "head", summary: "Returns the state of the stream of events.", ...streamHead },
  {
    ...chunks,
    method: "get",
    summary: "Reads the sound as a stream: existing data, or new data by long-poll or sse.",
    ...streamRead({ type: "audio/mpeg", schema: bytes }),
  },
  { ...chunks, method: "head", summary: "Returns the state of the stream of sound.", ...streamHead },
  {
    ...chunks,
    tag: writing,
    user: "generator",
    method: "post",
    summary: "Stores sound as it is made: whole MP3 frames, 44.1 kHz, 128 kbit/s.",
    description:
      "The request is an append of the Durable Streams protocol. A numbered append may be repeated: it is stored once. Stream-Closed: true closes the stream.",
    inHeaders: appendHeaders,
    body: { type: "audio/mpeg", schema: bytes },
    answers: appended,
    errors: appendErrors,
  },
  {
    ...events,
    tag: writing,
    user: "generator",
    method: "post",
    summary: "Reports the progress of the generator, or why it failed.",
    description:
      "The report is stored as an event of the type report. Rondo itself closes this stream, so Stream-Closed has no effect here.",
    inHeaders: appendHeaders,
    body: { schema: sentAs(generatorReportSchema) },
    answers: appended,
    errors: appendErrors,
  },
];
