// Lists deliberate faults of a test generator (lies): in deliveries, in cancellations and deadlines, and in concurrent
// pieces. The key of each fault is the name of the check that has to find it.
import type { Collection, Document } from "mongodb";
import type { Generator } from "../../../ports/generator/generator.ts";
import { hertzOf, toneOf } from "../tone-generator.ts";
import { answeredBy, changedAnswer, changedRequest, isCall, type Lie, problem } from "./lie.ts";
import { halved, inOnePiece, withChunks } from "./sound-lies.ts";

type Init = Parameters<NonNullable<Parameters<NonNullable<Lie["send"]>>[0]>>[1];

/** Changes every request that appends to `part`. Requests that append to the other part stay unchanged. */
const changedAppend = (part: "chunks" | "events", change: (init: Init) => Init): Lie => ({
  send: (honest) => (url, init) => honest(url, url.endsWith(`/${part}`) ? change(init) : init),
});

const withHeaders = (headers: () => Record<string, string>) => (init: Init) => ({
  ...init,
  headers: { ...init.headers, ...headers() },
});

/**
 * If an append fails with one of these statuses, the generator is told that the append was stored. So the generator
 * never repeats the append.
 */
const givesUpAt = (...statuses: readonly number[]): Lie => ({
  send: (honest) => async (url, init) => {
    const answer = await honest(url, init);
    return statuses.includes(answer.status) ? new Response(null, { status: 204 }) : answer;
  },
});

/**
 * After each failed append and a pause, the generator is told that the append was stored. So the generator continues to
 * send appends although they are refused.
 */
const neverStops: Lie = {
  send: (honest) => async (url, init) => {
    const answer = await honest(url, init);
    if (answer.status < 400) return answer;
    await Bun.sleep(100);
    return new Response(null, { status: 204 });
  },
};

/** Cuts the bytes after every 10,000 bytes, also inside of frames. */
const cutAnywhere = withChunks((chunks) => {
  const all = Buffer.concat(chunks);
  return Array.from(
    { length: Math.ceil(all.length / 10_000) },
    (_, at) => new Uint8Array(all.subarray(at * 10_000, (at + 1) * 10_000)),
  );
});

export const streamLies: Readonly<Record<string, Lie>> = {
  "stream.accepted": {
    respond: (honest) => async (request) => {
      const answer = await honest(request);
      return answer.status === 202 ? Response.json({ ok: true }, { status: 202 }) : answer;
    },
  },
  "stream.token": changedAppend("events", ({ headers: { authorization: _, ...headers }, ...init }) => ({
    ...init,
    headers,
  })),
  "stream.order": changedAppend(
    "chunks",
    withHeaders(() => ({ "producer-id": crypto.randomUUID() })),
  ),
  "stream.content-type": changedAppend(
    "chunks",
    withHeaders(() => ({ "content-type": "application/octet-stream" })),
  ),
  "stream.frames": cutAnywhere,
  "stream.sizes": inOnePiece,
  "stream.end": {
    send: (honest) => async (url, init) => {
      const answer = await honest(url, init);
      const seq = String(Number(init.headers["producer-seq"]) + 1);
      if (init.headers["stream-closed"] === "true")
        await honest(url, { ...init, headers: { ...init.headers, "producer-seq": seq } });
      return answer;
    },
  },
  "stream.length": halved,
  "stream.events": changedAppend("events", (init) => ({ ...init, body: "50 %" })),
  "stream.retry-500": givesUpAt(500),
  "stream.retry-503": givesUpAt(503),
  "stream.retry-429": givesUpAt(429),
  "stream.retry-lost": {
    send: (honest) => {
      let lost = 0;
      return async (url, init) => {
        const seq = String(Number(init.headers["producer-seq"]) + lost);
        const answer = await honest(url, {
          ...init,
          headers: { ...init.headers, "producer-seq": seq },
        }).catch(() => undefined);
        // The fault: after an append whose answer was lost, the generator repeats the append with the next number
        // instead of the same number. All later numbers are too high as well.
        if (answer === undefined) lost++;
        return answer ?? new Response(null, { status: 500 });
      };
    },
  },
  "stream.retry-twice": {
    send: (honest) => {
      let failures = 0;
      return async (url, init) => {
        const answer = await honest(url, init);
        if (answer.status >= 500) failures++;
        return failures >= 2 ? new Response(null, { status: 204 }) : answer;
      };
    },
  },
  "stream.refused-token": neverStops,
  "stream.refused-closed": neverStops,
  "stream.refused-gone": neverStops,
};

type ChangeDocument = (document: Document) => Document;

const changedDocument = (change: ChangeDocument): Lie => ({
  insert: (honest) => (chunks: Collection, document) => honest(chunks, change(document)),
});

export const mongodbLies: Readonly<Record<string, Lie>> = {
  "mongodb.accepted": streamLies["stream.accepted"]!,
  "mongodb.record": changedDocument(({ rowId: _, ...document }) => document),
  "mongodb.order": changedDocument((document) => ({ ...document, seq: Number(document.seq) + 1 })),
  "mongodb.data": changedDocument(({ data, ...document }) =>
    data === undefined ? document : { ...document, data: data.toString("base64") },
  ),
  "mongodb.sizes": inOnePiece,
  "mongodb.end": changedDocument((document) => ("end" in document ? { ...document, end: "yes" } : document)),
  "mongodb.length": halved,
  "mongodb.deleted-stream": {
    insert: (honest) => async (chunks, document) => {
      let seq = Number(document.seq);
      while (!(await honest(chunks, { ...document, seq }))) seq++;
      return true;
    },
  },
  "mongodb.cancelled": ignoresCancel(),
};

function ignoresCancel(): Lie {
  return {
    respond: (honest) => async (request) =>
      isCall(request, "DELETE", "/generate/") ? new Response(null, { status: 204 }) : honest(request),
  };
}

export const endLies: Readonly<Record<string, Lie>> = {
  "cancel.unknown": {
    respond: (honest) => async (request) =>
      isCall(request, "DELETE", "/generate/") ? problem(404) : honest(request),
  },
  "cancel.ended": {
    respond: (honest) => async (request) =>
      isCall(request, "DELETE", "/generate/") ? problem(409) : honest(request),
  },
  "cancel.twice": {
    respond: (honest) => {
      const seen = new Set<string>();
      return async (request) => {
        const isRepeated = request.method === "DELETE" && seen.has(request.url);
        if (request.method === "DELETE") seen.add(request.url);
        return isRepeated ? problem(404) : honest(request);
      };
    },
  },
  "cancel.body-ends": ignoresCancel(),
  "cancel.stream-ends": ignoresCancel(),
  "cancel.frees-slot": ignoresCancel(),
  "cancel.others": {
    respond: (honest) => {
      const started: string[] = [];
      return async (request) => {
        if (request.method !== "DELETE") {
          const copy = request.clone();
          if (isCall(request, "POST", "/generate"))
            started.push(String(((await copy.json()) as Record<string, unknown>).requestId));
          return honest(request);
        }
        for (const id of started) {
          const { headers } = request;
          await honest(new Request(new URL(`/generate/${id}`, request.url), { method: "DELETE", headers }));
        }
        return new Response(null, { status: 204 });
      };
    },
    options: { verify: () => true },
    ...slowly(),
  },
  "deadline.past": changedRequest(({ deadline: _, ...body }) => body),
  "deadline.future": answeredBy(
    (body) => body.deadline !== undefined,
    () => problem(400),
  ),
  "deadline.body": changedRequest(({ deadline: _, ...body }) => body),
  "deadline.stream": changedRequest(({ deadline: _, ...body }) => body),
};

/** Makes chunks slowly, so that a cancellation arrives while the piece is being made. */
function slowly(): Lie {
  return {
    generator: (honest) => ({
      ...honest,
      async start(request, signal) {
        const generation = await honest.start(request, signal);
        return {
          ...generation,
          chunks: (async function* () {
            for await (const chunk of generation.chunks) {
              await Bun.sleep(50);
              signal.throwIfAborted();
              yield chunk;
            }
          })(),
        };
      },
    }),
  };
}

/** All concurrent pieces use the seed of the latest request. */
const mixes: Lie = {
  generator: (honest: Generator): Generator => {
    let lastSeed = 0;
    return {
      ...honest,
      async start(request, signal) {
        lastSeed = request.seed;
        const generation = await honest.start(request, signal);
        return {
          ...generation,
          chunks: (async function* () {
            let index = 0;
            for await (const chunk of generation.chunks) {
              await Bun.sleep(20);
              const tone = await toneOf(request.durationSeconds, hertzOf(lastSeed));
              yield { ...chunk, bytes: tone[index++] ?? chunk.bytes };
            }
          })(),
        };
      },
    };
  },
};

export const concurrencyLies: Readonly<Record<string, Lie>> = {
  "concurrency.body": mixes,
  "concurrency.stream": mixes,
  "concurrency.mongodb": mixes,
  "concurrency.busy": {
    respond: (honest) => async (request) => {
      const answer = await honest(request);
      return answer.status === 503 ? new Response("Too busy", { status: 503 }) : answer;
    },
  },
  "concurrency.busy-health": changedAnswer("/health", (facts) => ({ ...facts, status: "ready" })),
  "concurrency.after-busy": {
    respond: (honest) => {
      let wasBusy = false;
      return async (request) => {
        const answer = await honest(request);
        wasBusy ||= answer.status === 503;
        return wasBusy && isCall(request, "POST", "/generate")
          ? Response.json(
              { code: "BUSY", message: "All slots are taken.", hint: "Wait." },
              { status: 503, headers: { "retry-after": "1" } },
            )
          : answer;
      };
    },
  },
};
