// Serves any generator of this repository with the HTTP contract in docs/generators.md: four calls and three ways to
// deliver a piece. The generator check is tested against this server. It is also an example for authors of generators.
import { isSigned } from "../../generator-check/signature.ts";
import type { Generator } from "../../ports/generator/generator.ts";
import { createGenerations, type Generations } from "./generations.ts";
import { deliverToMongodb, type Insert } from "./deliver-to-mongodb.ts";
import { deliverToStream, type Send } from "./deliver-to-stream.ts";
import type { Making, MakeBody } from "./making.ts";
import { problemResponse, Refusal } from "./refusal.ts";
import { type GenerateRequest, parseRequest } from "./request-body.ts";

export interface GeneratorServerOptions {
  readonly generator: Generator;
  readonly licence?: string;
  readonly secondsMin?: number;
  readonly secondsMax?: number;
  /** The secret with which the signature of each call is verified. Without a secret every call is accepted. */
  readonly secret?: string;
  /** The maximum number of concurrent generations; by default 4. */
  readonly slots?: number;
  /** The maximum number of waiting generations; by default 4. */
  readonly queue?: number;
  /** The content types of responses besides audio/mpeg, each with the function that makes the bytes. */
  readonly formats?: Readonly<Record<string, MakeBody>>;
  /** Tests replace `verify`, `send` and `insert` to make the server misbehave. */
  readonly verify?: typeof isSigned;
  readonly send?: Send;
  readonly insert?: Insert;
}

export interface GeneratorHandler extends AsyncDisposable {
  fetch(request: Request): Promise<Response>;
}

const noSuchCall = "GET /health, GET /capabilities, POST /generate, DELETE /generate/{requestId}";

export function createGeneratorHandler(options: GeneratorServerOptions): GeneratorHandler {
  const { slots = 4, queue = 4 } = options;
  const generations = createGenerations({ slots, queue });
  const route = async (request: Request): Promise<Response> => {
    const body = await request.text();
    verify(options, request.headers, body);
    const call = `${request.method} ${new URL(request.url).pathname}`;
    const [, requestId] = /^DELETE \/generate\/([^/]+)$/.exec(call) ?? [];
    if (requestId !== undefined) {
      generations.cancel(decodeURIComponent(requestId));
      return new Response(null, { status: 204 });
    }
    if (call === "GET /health") return Response.json(generations.health());
    if (call === "GET /capabilities") return Response.json(capabilitiesOf(options));
    if (call === "POST /generate") return generate(options, generations, request, body);
    throw new Refusal(404, "NOT_FOUND", "There is no such call.", noSuchCall);
  };
  return {
    fetch: (request) => route(request).catch(problemResponse),
    [Symbol.asyncDispose]: () => generations.close(),
  };
}

function verify(
  { secret, verify: isRight = isSigned }: GeneratorServerOptions,
  headers: Headers,
  body: string,
) {
  if (secret === undefined || isRight(secret, headers, body)) return;
  throw new Refusal(
    401,
    "UNAUTHENTICATED",
    "This call is not signed with the secret of this generator.",
    "Set the same RONDO_GENERATOR_SECRET here and in Rondo, and compare the clocks.",
  );
}

const capabilitiesOf = ({ generator, formats = {}, ...options }: GeneratorServerOptions) => ({
  name: generator.name,
  contentTypes: ["audio/mpeg", ...Object.keys(formats)],
  secondsMin: options.secondsMin ?? 10,
  secondsMax: options.secondsMax ?? 600,
  delivery: ["body", "stream", "mongodb"],
  deterministic: generator.deterministic,
  versions: true,
  extend: false,
  licence: options.licence ?? "MIT",
});

async function generate(
  options: GeneratorServerOptions,
  generations: Generations,
  request: Request,
  body: string,
): Promise<Response> {
  const { secondsMin, secondsMax } = capabilitiesOf(options);
  const wanted = parseRequest(body, { secondsMin, secondsMax });
  const { stream, mongodb } = wanted.delivery;
  const [contentType, make] = makerFor(
    options,
    stream || mongodb ? "" : (request.headers.get("accept") ?? ""),
  );
  const { making, isNew } = generations.start(wanted, { contentType, make });
  if (mongodb) {
    if (isNew) deliver(making, deliverToMongodb(making, mongodb, options.insert));
    return Response.json({ delivery: "mongodb" }, { status: 202 });
  }
  if (stream) {
    if (isNew) deliver(making, deliverToStream(making, stream, options.send));
    return Response.json({ delivery: "stream" }, { status: 202 });
  }
  return bodyResponse(making);
}

/** If a delivery fails, its generation is cancelled, because nobody would receive the rest. */
const deliver = (making: Making, delivery: Promise<void>): void => {
  delivery.catch((err: unknown) => making.cancel(`The delivery of the piece failed: ${String(err)}`));
};

/**
 * Returns the first content type in `accept` that can be made, or audio/mpeg if none can be made. Also returns the
 * function that makes the bytes.
 */
function makerFor({ generator, formats = {} }: GeneratorServerOptions, accept: string): [string, MakeBody] {
  const typeOf = (contentType: string) => contentType.split(";")[0]!.trim().toLowerCase();
  for (const part of accept.split(",")) {
    const found = Object.entries(formats).find(([contentType]) => typeOf(contentType) === typeOf(part));
    if (found) return found;
    if (typeOf(part) === "audio/mpeg") break;
  }
  return ["audio/mpeg", (request, signal) => mp3Of(generator, request, signal)];
}

async function* mp3Of(generator: Generator, wanted: GenerateRequest, signal: AbortSignal) {
  const spec = await changedSpecOf(generator, wanted);
  const { requestId, businessId, userId, rowId, seed, durationSeconds } = wanted;
  const ids = { requestId, businessId, owner: userId, userId, versionId: rowId };
  const prompt = promptOf(wanted);
  const { chunks } = await generator.start({ ...ids, prompt, seed, durationSeconds, ...spec }, signal);
  for await (const { bytes } of chunks) yield bytes;
}

/**
 * If the request changes an existing version and contains the plan of that version, returns the
 * changed plan as `spec`. In all other cases, returns an empty object.
 */
async function changedSpecOf(generator: Generator, { parent, durationSeconds, seed }: GenerateRequest) {
  if (parent?.spec === undefined) return {};
  const { instruction, spec } = parent;
  return { spec: (await generator.revise({ spec, instruction, durationSeconds, seed })).spec };
}

/** Returns the prompt with the options in words, for a generator that reads only prompts. */
function promptOf({ prompt, parent, options }: GenerateRequest): string {
  const words = [
    parent?.instruction,
    options.tempo === undefined ? undefined : `${options.tempo} bpm`,
    options.key === undefined ? undefined : `in ${options.key}`,
    options.style,
  ].filter((word) => word !== undefined);
  return words.length === 0 ? prompt : `${prompt.slice(0, 1500)}, ${words.join(", ")}`;
}

/**
 * Waits for the first bytes before it answers. So if the piece can't be made, the answer is an
 * error and not an empty 200. If the client disconnects, the generation is not cancelled: a request
 * with the same id gets the piece from its beginning.
 */
async function bodyResponse(making: Making): Promise<Response> {
  const chunks = making.read();
  const first = await chunks.next();
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      if (!first.done) controller.enqueue(first.value);
    },
    async pull(controller) {
      try {
        const { done, value } = await chunks.next();
        if (done) controller.close();
        else controller.enqueue(value);
      } catch (err) {
        // This cuts the connection, so that the client can't mistake the body for a complete piece.
        controller.error(err);
      }
    },
  });
  return new Response(body, {
    headers: {
      "content-type": making.contentType,
      "x-title": encodeURIComponent(making.request.prompt.slice(0, 60).toWellFormed()),
      "x-duration-seconds": String(making.request.durationSeconds),
    },
  });
}
