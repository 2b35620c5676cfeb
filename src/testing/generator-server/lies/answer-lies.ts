// Lists faults ("lies") that the generator server of the tests makes on purpose: in its description of
// itself, in the check of signatures, and in the handling of requests and their ids. The key of each
// lie is the id of the case of `rondo generator check` that must detect the lie.
import { signatureOf } from "../../../generator-check/signature.ts";
import { answeredBy, changedAnswer, changedRequest, isCall, type Lie, problem } from "./lie.ts";

const verifying = (verify: NonNullable<Lie["options"]>["verify"]): Lie => ({
  options: verify === undefined ? {} : { verify },
});

const hasSignature = (headers: Headers): boolean => headers.has("webhook-signature");

/** Verifies a signature without checking its time. */
const isSignedAtAnyTime = (secret: string, headers: Headers, body: string): boolean =>
  headers.get("webhook-signature") ===
  signatureOf(secret, {
    id: headers.get("webhook-id") ?? "",
    timestamp: Number(headers.get("webhook-timestamp")),
    body,
  });

const promptOf = ({ prompt }: Record<string, unknown>): string => String(prompt ?? "");
const optionsOf = ({ options }: Record<string, unknown>): object => (options ?? {}) as object;

export const descriptionLies: Readonly<Record<string, Lie>> = {
  "description.health": changedAnswer("/health", () => ({ status: "ok" })),
  "description.health-counts": changedAnswer("/health", (facts) => ({ ...facts, free: 9 })),
  "description.health-quick": {
    respond: (honest) => async (request) => {
      if (isCall(request, "GET", "/health")) await Bun.sleep(1100);
      return honest(request);
    },
  },
  "description.capabilities": changedAnswer("/capabilities", ({ licence: _, ...facts }) => facts),
  "description.lengths": changedAnswer("/capabilities", (facts) => ({ ...facts, secondsMin: 1000 })),
  "description.content-types": changedAnswer("/capabilities", (facts) => ({
    ...facts,
    contentTypes: ["audio/pcm"],
  })),
  "description.stream-format": changedAnswer("/capabilities", (facts) => ({
    ...facts,
    contentTypes: ["audio/wav"],
  })),
};

export const signatureLies: Readonly<Record<string, Lie>> = {
  "signature.right": verifying(() => false),
  "signature.of-several": verifying(isSignedAtAnyTime),
  "signature.missing": verifying(() => true),
  "signature.wrong": verifying((_, headers) => hasSignature(headers)),
  "signature.of-other-body": verifying((_, headers) => hasSignature(headers)),
  "signature.old": verifying(isSignedAtAnyTime),
  "signature.future": verifying(isSignedAtAnyTime),
  "signature.cancel": {
    respond: (honest) => async (request) =>
      isCall(request, "DELETE", "/generate/") ? new Response(null, { status: 204 }) : honest(request),
  },
};

const fillsIn = (facts: Record<string, unknown>): Lie =>
  changedRequest((body) => ({ ...facts, ...body, prompt: promptOf(body) || "music" }));

export const requestLies: Readonly<Record<string, Lie>> = {
  "request.scripts": answeredBy(
    (body) => [...promptOf(body)].some((character) => character > "\u00ff"),
    () => problem(422),
  ),
  "request.long-prompt": answeredBy(
    (body) => promptOf(body).length > 500,
    () => problem(422),
  ),
  "request.empty-prompt": fillsIn({}),
  "request.missing-field": fillsIn({ rowId: "v1" }),
  "request.broken-json": {
    respond: (honest) => async (request) => {
      const answer = await honest(request);
      return answer.status === 400 ? new Response("Traceback", { status: 500 }) : answer;
    },
  },
  "request.too-long": changedRequest((body) => ({
    ...body,
    durationSeconds: Math.min(30, Number(body.durationSeconds)),
  })),
  "request.too-short": changedRequest((body) => ({
    ...body,
    durationSeconds: Math.max(1, Number(body.durationSeconds)),
  })),
  "request.unknown-option": changedRequest((body) => ({ ...body, options: {} })),
  "request.wrong-option": changedRequest((body) => ({ ...body, options: {} })),
  "request.options": answeredBy(
    (body) => Object.keys(optionsOf(body)).length > 0,
    () => new Response("Internal Server Error", { status: 500 }),
  ),
  "request.lyrics": answeredBy(
    (body) => "lyrics" in optionsOf(body),
    () => new Response("<h1>Forbidden</h1>", { status: 403 }),
  ),
  "request.versions": answeredBy(
    (body) => body.parent !== undefined,
    () => problem(422),
  ),
  "request.unknown-address": {
    respond: (honest) => async (request) =>
      isCall(request, "GET", "/no-such-call") ? new Response("Welcome") : honest(request),
  },
};

let lastSeed = 0;

const anotherId = (body: Record<string, unknown>) => ({
  ...body,
  requestId: crypto.randomUUID(),
  seed: ++lastSeed,
});

export const idLies: Readonly<Record<string, Lie>> = {
  "ids.body-twice": changedRequest(anotherId),
  "ids.body-one-slot": changedRequest(anotherId),
  "ids.body-again": changedRequest(anotherId),
  "ids.other-request": changedRequest((body) => ({ ...body, requestId: crypto.randomUUID() })),
  "ids.stream-twice": changedRequest(anotherId),
  "ids.mongodb-twice": {
    ...changedRequest(anotherId),
    // A second document with the same number should not be inserted. This lie inserts it with the
    // next free number.
    insert: (honest) => {
      const next = new Map<unknown, number>();
      return async (chunks, document) => {
        let seq = next.get(document.requestId) ?? 0;
        while (!(await honest(chunks, { ...document, seq }))) seq++;
        next.set(document.requestId, seq + 1);
        return true;
      };
    },
  },
};
