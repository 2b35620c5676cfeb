// Builds the requests that the check of a generator sends. If `Wish.body` has no ids, the request
// gets new ids. With the deliveries "stream" and "mongodb", the request also gets a new destination
// for its audio. (With "body", the audio is the body of the response.) If a second request with the
// delivery "stream" has the requestId of an earlier one, its destination replaces the earlier one.
import type { DocumentReceiver, DocumentStream } from "./document-receiver.ts";
import { SkipCase } from "./mismatch.ts";
import type { ReceivedStream, StreamReceiver } from "./stream-receiver.ts";
import type { Delivery, GenerateBody } from "./wire.ts";

export interface Wish {
  readonly delivery?: Delivery;
  /** The Accept header of a request whose audio is delivered as the body of the response. */
  readonly accept?: string;
  readonly seconds?: number;
  /** The fields that differ from the fields of a usual request. */
  readonly body?: Partial<GenerateBody>;
}

export interface Prepared {
  readonly delivery: Delivery;
  readonly accept: string | undefined;
  readonly body: GenerateBody;
  readonly stream: ReceivedStream | undefined;
  readonly documents: DocumentStream | undefined;
}

interface Places {
  readonly streams: StreamReceiver;
  readonly documents: DocumentReceiver | undefined;
}

/** Throws SkipCase if the delivery is MongoDB and the check was started without --mongodb. */
export async function prepare(
  places: Places,
  { delivery, seconds, accept, body = {} }: Wish & { readonly delivery: Delivery; readonly seconds: number },
): Promise<Prepared> {
  const requestId = body.requestId ?? crypto.randomUUID();
  const rowId = body.rowId ?? crypto.randomUUID();
  const stream = delivery === "stream" ? places.streams.open(requestId) : undefined;
  if (delivery === "mongodb" && places.documents === undefined)
    throw new SkipCase("No --mongodb URL was given.");
  const documents = delivery === "mongodb" ? await places.documents?.open(rowId) : undefined;
  return {
    delivery,
    accept: accept ?? (delivery === "body" ? "audio/mpeg, audio/*;q=0.5" : undefined),
    stream,
    documents,
    body: {
      businessId: "rondo-check",
      userId: "user-1",
      prompt: "calm piano with soft strings",
      durationSeconds: seconds,
      seed: 7,
      options: {},
      delivery: {
        ...(stream && { stream: { url: stream.url, token: stream.token } }),
        ...(documents && { mongodb: documents.delivery }),
      },
      ...body,
      requestId,
      rowId,
    },
  };
}
