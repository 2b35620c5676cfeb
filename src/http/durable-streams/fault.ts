// Writes the error response of the Durable Streams protocol: the problem document that every route sends, and the
// headers that clients of the protocol expect.
import { streamCors } from "../answers/cors.ts";
import { isAppError } from "../../errors.ts";
import { formatOffset } from "../../streams/protocol/offset.ts";
import { problemResponse } from "../answers/problem.ts";
import { nextOffset, streamClosed } from "./headers.ts";

export function faultResponse(err: unknown, requestId: string): Response {
  const answer = problemResponse(err, requestId);
  const add = (headers: Readonly<Record<string, unknown>>): void => {
    for (const [name, value] of Object.entries(headers)) answer.headers.set(name, String(value));
  };
  add(streamCors.answer);
  if (!isAppError(err)) return answer;
  const { code, details = {} } = err;
  if (code === "STREAM_CLOSED") {
    add({
      [streamClosed]: "true",
      [nextOffset]: formatOffset(Number(details.tail), String(details.streamId)),
    });
  } else if (code === "PRODUCER_FENCED") {
    add({ "producer-epoch": details.epoch });
  } else if (code === "PRODUCER_GAP") {
    add({ "producer-expected-seq": details.expectedSeq, "producer-received-seq": details.receivedSeq });
  }
  return answer;
}
