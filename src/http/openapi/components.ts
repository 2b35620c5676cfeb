// The named schemas of the answers.
import type { JsonObject } from "../../queries/spec/json-reader.ts";
import { queueNames } from "../../ports/job-queue/job-queue.ts";
import { statusOf } from "../problem.ts";
import { about, id, instant, listOf, object, oneOf, orNull, text, url, whole } from "./schema.ts";

const generatorEndMeaning =
  "After a cancellation, for a generator on another machine: whether it stopped there, too.";

const generationState = oneOf("queued", "running", "complete", "failed", "cancelled");
const thingKind = oneOf("project", "track", "version");
const jobStates = ["waiting", "delayed", "active", "completed", "failed"] as const;

const versionLinks = {
  audio: about(url, "For players: by windows while it grows, by Range when it is whole."),
  playlist: about(url, "The same as HLS."),
  download: about(url, "The file, with tags and a name."),
  peaks: about(url, "The waveform."),
};
const generationLinks = { self: url, events: url, chunks: url, ...versionLinks };
const started = {
  userId: id,
  requestId: about(id, "Of the generation."),
  projectId: id,
  trackId: id,
  versionId: id,
};

const token = {
  userId: id,
  token: about(text, "Send it as Authorization: Bearer."),
  expiresAt: about(instant, "When the token ends."),
};

const business = {
  id,
  slug: text,
  name: text,
  state: oneOf("active", "suspended"),
  engine: oneOf("sqlite", "postgres", "neon"),
  limits: about({ type: "object" }, "What this business may use of the shared machine."),
  createdAt: instant,
};

const job = {
  id,
  queue: oneOf(...queueNames),
  name: about(text, "What is to be done: noun.verb."),
  data: { type: "object" },
  businessId: about(text, "Empty for the fleet's own jobs."),
  state: oneOf(...jobStates),
  priority: whole,
  attempts: about(whole, "Runs in all."),
  attemptsMade: whole,
  stalls: about(whole, "How often a worker vanished while it held the job."),
  progress: {},
  error: text,
  createdAt: instant,
  runAt: instant,
  startedAt: orNull(instant),
  finishedAt: orNull(instant),
};

const claims = object({
  format: oneOf("mp3", "wav"),
  sha256: about(text, "Of the sound alone, base64url."),
  versionId: id,
  businessId: id,
  createdAt: instant,
  sourceType: text,
});

export const components = {
  Problem: about(
    object(
      {
        type: about(text, "Where it is explained."),
        title: text,
        status: whole,
        detail: about(text, "What is wrong, for a person."),
        code: about(oneOf(...Object.keys(statusOf)), "What is wrong, for a program."),
        hint: about(text, "What to do next."),
        faults: about(
          listOf(
            object({ at: about(text, "A JSON pointer or a parameter's name."), message: text, hint: text }, [
              "hint",
            ]),
          ),
          "Each parameter that can't be used.",
        ),
        details: { type: "object" },
        requestId: text,
      },
      ["hint", "faults", "details"],
    ),
    "RFC 9457, with a stable code.",
  ),
  Token: object(token),
  Entrance: about(
    object({ ...token, sessionExpiresAt: about(instant, "When the cookie ends.") }),
    "A session in the cookie, and a short-lived token for whoever has no cookies.",
  ),
  Account: object({
    userId: id,
    kind: about(oneOf("guest", "member", "external"), "external: a user of the business's own."),
    business: about(text, "Its slug."),
    email: about(orNull(text), "Of a member."),
    createdAt: instant,
  }),
  DeletedAccount: object({
    userId: id,
    deletedAt: instant,
    receiptIds: about({ type: "array", items: id }, "Of what was removed, for the business's records."),
    projectCount: whole,
    trackCount: whole,
    versionCount: whole,
    generationCount: whole,
  }),
  StartedGeneration: object({ ...started, links: object(generationLinks) }),
  Generation: object({
    requestId: id,
    state: generationState,
    title: text,
    prompt: text,
    seed: whole,
    durationSeconds: whole,
    queue: about(
      orNull(
        object({
          place: about(whole, "1: the next one of its business."),
          seconds: about(whole, "About how long until its first sound."),
        }),
      ),
      "Where it stands while its state is queued; users take turns.",
    ),
    generatedMs: about(whole, "How much of it is made."),
    plannedMs: orNull(whole),
    plannedBytes: orNull(whole),
    reasonCode: orNull(text),
    reason: about(orNull(text), "Why it failed, for a person."),
    generatorEnd: about(
      { type: ["string", "null"], enum: ["stopped", "left running", null] },
      generatorEndMeaning,
    ),
    projectId: id,
    trackId: id,
    versionId: id,
    createdAt: instant,
    startedAt: orNull(instant),
    finishedAt: orNull(instant),
    links: object(generationLinks),
  }),
  GenerationEvent: {
    oneOf: [
      object({ type: { const: "queued" }, at: instant }),
      object({
        type: { const: "started" },
        at: instant,
        title: text,
        plannedMs: whole,
        plannedBytes: orNull(whole),
      }),
      object(
        {
          type: { const: "progress" },
          at: instant,
          startMs: whole,
          generatedMs: whole,
          section: text,
          bar: whole,
          peaks: about(text, "Signed 8-bit minimum and maximum, 50 pairs a second, base64."),
        },
        ["section", "bar"],
      ),
      about(
        object(
          {
            type: { const: "report" },
            at: instant,
            generatedMs: { type: "number" },
            progress: about({ type: "number" }, "The part that is done, from 0 to 1."),
            queued: { type: "number" },
            etaSeconds: { type: "number" },
            stage: text,
            failure: object({ reason: text, hint: text }, ["hint"]),
          },
          ["generatedMs", "progress", "queued", "etaSeconds", "stage", "failure"],
        ),
        "What a generator on another machine says of its work.",
      ),
      object({ type: { const: "complete" }, at: instant, generatedMs: whole }),
      object({ type: { const: "failed" }, at: instant, code: text, reason: text }),
      object(
        {
          type: { const: "cancelled" },
          at: instant,
          generatorEnd: about(oneOf("stopped", "left running"), generatorEndMeaning),
        },
        ["generatorEnd"],
      ),
    ],
  },
  StartedVersion: object({
    ...started,
    understood: about(listOf(text), "What will be other, in phrases."),
    notUnderstood: about(listOf(text), "The parts of the instruction that said nothing."),
    links: object(generationLinks),
  }),
  Version: object({
    id,
    trackId: id,
    projectId: id,
    parentId: about(orNull(id), "The version it was made from."),
    number: about(whole, "1, 2, 3… within the track."),
    title: text,
    prompt: text,
    instruction: orNull(text),
    seed: whole,
    state: generationState,
    durationMs: orNull(whole),
    audioBytes: orNull(whole),
    peaks: about(orNull(text), "100 unsigned bytes of loudness over the whole, base64."),
    createdAt: instant,
    requestId: id,
    links: object(versionLinks),
  }),
  Waveform: about(
    object({
      version: { const: 2 },
      channels: { const: 1 },
      sample_rate: whole,
      samples_per_pixel: whole,
      bits: { const: 8 },
      length: about(whole, "Pairs."),
      data: about(listOf(whole), "The lowest and the highest of each step."),
    }),
    "As audiowaveform writes it.",
  ),
  Deletion: object({
    id,
    kind: thingKind,
    subjectId: id,
    title: text,
    trackCount: whole,
    versionCount: whole,
    deletedAt: instant,
    purgeAfter: about(instant, "Until then it can be restored."),
  }),
  Restored: object({ kind: thingKind, id, projectCount: whole, trackCount: whole, versionCount: whole }),
  Receipt: about(
    object({
      id,
      kind: thingKind,
      subjectId: id,
      title: text,
      state: oneOf("purging", "complete"),
      projectCount: whole,
      trackCount: whole,
      versionCount: whole,
      generationCount: whole,
      streamCount: whole,
      streamBytes: whole,
      objectCount: whole,
      objectBytes: whole,
      requestedAt: instant,
      completedAt: orNull(instant),
    }),
    "What was removed for good. The counts of the stores grow until the state is complete.",
  ),
  Verdict: {
    oneOf: [
      object({ verdict: { const: "unaltered" }, claims, keyId: text }),
      object({ verdict: { const: "altered" }, reason: text, claims }, ["claims"]),
      object({ verdict: { const: "foreign" }, reason: text, sha256: text }, ["sha256"]),
    ],
  },
  Business: object(business),
  BusinessKey: object({
    id,
    businessId: id,
    name: text,
    createdAt: instant,
    lastUsedAt: orNull(instant),
    revokedAt: orNull(instant),
  }),
  Job: object(job, ["priority", "progress", "error"]),
  JobCounts: object(
    Object.fromEntries(
      queueNames.map((queue) => [
        queue,
        object(Object.fromEntries(jobStates.map((state) => [state, whole]))),
      ]),
    ),
  ),
  Readiness: object({
    status: oneOf("ready", "not ready"),
    needs: listOf(object({ name: text, ok: { type: "boolean" }, ms: whole })),
    businessesNotServed: whole,
    acceptsNewWork: about(
      { type: "boolean" },
      "false: too little room is left on the disk; reading and deleting go on.",
    ),
  }),
} as const satisfies Readonly<Record<string, JsonObject>>;

export const ref = (name: keyof typeof components): JsonObject => ({ $ref: `#/components/schemas/${name}` });
