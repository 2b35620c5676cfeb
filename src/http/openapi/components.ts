// Describes the named schemas of the responses.
import type { JsonObject } from "../../queries/spec/json-reader.ts";
import { keyScopes } from "../../businesses/secrets/key-scopes.ts";
import { queueNames } from "../../ports/job-queue/job-queue.ts";
import { eventTypes } from "../../webhooks/event-types.ts";
import { metrics } from "../../businesses/limits/quotas.ts";
import { statusOf } from "../answers/problem.ts";
import { generationOptions } from "../routes/generations/generation-options.ts";
import { about, id, instant, listOf, object, oneOf, orNull, sentAs, text, url, whole } from "./schema.ts";

const generatorEndMeaning =
  "Set after a cancellation, if the generator runs on another machine: says whether that generator stopped, too.";

const generationState = oneOf("queued", "running", "complete", "failed", "cancelled");
const thingKind = oneOf("project", "track", "version");
const jobStates = ["waiting", "delayed", "active", "completed", "failed"] as const;

const versionLinks = {
  audio: about(url, "The audio for players, with byte ranges, during and after generation."),
  playlist: about(url, "The same audio as HLS."),
  download: about(
    url,
    "The audio as a file with a name and tags; with `&format=midi`, `&format=musicxml` or `&format=abc` the notes, and with `&format=stems` the parts.",
  ),
  peaks: about(url, "The waveform."),
};
const generationLinks = { self: url, events: url, chunks: url, ...versionLinks };
const started = {
  userId: id,
  requestId: about(id, "The id of the generation."),
  projectId: id,
  trackId: id,
  versionId: id,
  seed: about(whole, "The same prompt and seed give the same plan."),
};

const texts = listOf(text);
const planWords = object(
  {
    style: text,
    bpm: about(whole, "Beats a minute, rounded."),
    key: about(text, "For example F# minor, or D dorian."),
    meter: about(text, "For example 6/8."),
    swing: { type: "number", description: "From 0 (straight) to 1 (full triplets)." },
    mood: texts,
    instruments: texts,
    textures: texts,
    form: about(texts, "The sections in order."),
    durationSeconds: { type: "number" },
    composerVersion: about(whole, "The version of the composer that plays the plan."),
  },
  [
    "style",
    "bpm",
    "key",
    "meter",
    "swing",
    "mood",
    "instruments",
    "textures",
    "form",
    "durationSeconds",
    "composerVersion",
  ],
);
/** These fields are left out if the generator can't describe the music that it makes. */
const described = {
  understood: about(texts, "The wishes of the prompt that are fulfilled, as phrases."),
  notUnderstood: about(texts, "The words of the prompt that have no effect, as they were typed."),
  plan: about(planWords, "The planned music, in words."),
};
const describedNames = ["understood", "notUnderstood", "plan"];

const generation = {
  requestId: id,
  state: generationState,
  title: text,
  prompt: text,
  seed: whole,
  durationSeconds: about({ oneOf: [whole, { const: "endless" }] }, "The requested length."),
  generator: about(orNull(text), "The generator that the request named."),
  options: about(orNull(sentAs(generationOptions)), "The options of the request. Null if it had none."),
  madeBy: about(orNull(text), "The generator that makes the piece. Null until the generation has begun."),
  queue: about(
    orNull(
      object({
        place: about(whole, "The place among the queued generations of the business, from 1."),
        seconds: about(whole, "The estimated seconds until the generation starts."),
      }),
    ),
    "The place in the queue while the state is queued. Users take turns.",
  ),
  secondsLeft: about(
    orNull(whole),
    "The estimated number of seconds until the piece is complete, calculated from the speed so far. Null if the generation is not running or has no sound yet.",
  ),
  generatedMs: about(whole, "The length of the audio that exists."),
  plannedMs: orNull(whole),
  plannedBytes: orNull(whole),
  reasonCode: orNull(text),
  reason: about(orNull(text), "Why the generation failed, as a sentence for people."),
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
};

const token = {
  userId: id,
  token: about(text, "The token, to be sent as `Authorization: Bearer`."),
  expiresAt: about(instant, "When the token ends."),
};

const business = {
  id,
  slug: text,
  name: text,
  state: about(
    oneOf("active", "suspended", "deleting", "erasing"),
    "deleting: the business is erased at deleteAfter, and until then the deletion can be undone.",
  ),
  engine: oneOf("sqlite", "postgres", "neon"),
  limits: about({ type: "object" }, "The limits of this business on shared resources."),
  createdAt: instant,
  deleteAfter: about(
    orNull(instant),
    "The time at which the business is erased; null unless it is being deleted.",
  ),
};

const job = {
  id,
  queue: oneOf(...queueNames),
  name: about(text, "The kind of work, in the form noun.verb."),
  data: { type: "object" },
  businessId: about(text, "The business of the job; empty for jobs of Rondo itself."),
  state: oneOf(...jobStates),
  priority: whole,
  attempts: about(whole, "The maximum number of runs."),
  attemptsMade: whole,
  stalls: about(whole, "How often a worker died while it ran the job."),
  progress: {},
  error: text,
  createdAt: instant,
  runAt: instant,
  startedAt: orNull(instant),
  finishedAt: orNull(instant),
};

const webhookEndpoint = {
  id,
  url: text,
  events: listOf(oneOf(...eventTypes)),
  state: about(
    oneOf("active", "paused", "gone"),
    "gone: the endpoint answered 410, so it gets no more events.",
  ),
  failures: about(whole, "The number of failed attempts since the last successful attempt."),
  blockedUntil: about(orNull(instant), "After a failure, nothing is sent before this time."),
  formerSecretUntil: about(
    orNull(instant),
    "Until this time, messages are also signed with the secret that the last rotation replaced.",
  ),
  createdAt: instant,
  changedAt: instant,
};

const claims = object({
  format: oneOf("mp3", "wav"),
  sha256: about(text, "The SHA-256 of the sound without tags, as base64url."),
  versionId: id,
  businessId: id,
  createdAt: instant,
  sourceType: text,
});

const bar = object({
  bar: about(whole, "The number of the bar, from 1. The last chord of a piece has a bar of its own."),
  startMs: whole,
  section: about(text, "intro, verse, chorus, break, build, solo or outro."),
  chords: listOf(object({ startMs: whole, name: about(text, "For example Am7, Bb or F#m/C#.") })),
});

export const components = {
  Problem: about(
    object(
      {
        type: about(text, "The URL of the page that explains the code."),
        title: text,
        status: whole,
        detail: about(text, "What is wrong, for a person."),
        code: about(oneOf(...Object.keys(statusOf)), "What is wrong, for a program."),
        hint: about(text, "What to do about it."),
        faults: about(
          listOf(
            object({ at: about(text, "A JSON pointer or a parameter's name."), message: text, hint: text }, [
              "hint",
            ]),
          ),
          "One entry for each invalid parameter.",
        ),
        details: { type: "object" },
        requestId: text,
      },
      ["hint", "faults", "details"],
    ),
    "An error in the format of RFC 9457, with a stable code.",
  ),
  Token: object(token),
  Entrance: about(
    object({ ...token, sessionExpiresAt: about(instant, "When the session ends.") }),
    "A new session: its cookie is in the header Set-Cookie, and the token is for clients without cookies.",
  ),
  Account: object({
    userId: id,
    kind: about(oneOf("guest", "member", "external"), "An external user signs in with the business itself."),
    business: about(text, "The slug of the business."),
    email: about(orNull(text), "The e-mail of a member; null for other users."),
    isEmailVerified: about(
      { type: "boolean" },
      "Whether the member has opened a link that was mailed to the address.",
    ),
    newEmail: about(orNull(text), "The address that replaces the e-mail as soon as it is verified."),
    graceDays: about(
      whole,
      "The number of days for which a deleted account can be restored. With 0, it is erased at once.",
    ),
    createdAt: instant,
  }),
  UserExport: object({
    format: { const: "rondo-user" },
    version: { const: 1 },
    exportedAt: instant,
    userId: text,
    email: about(
      orNull(text),
      "Only members have an e-mail. For other users, this field and the next three fields are null.",
    ),
    emailVerifiedAt: orNull(instant),
    newEmail: about(orNull(text), "The new address, until it is verified."),
    signedUpAt: orNull(instant),
    accountLinks: about(
      listOf(
        object({
          purpose: oneOf("reset-password", "verify-email", "sign-in"),
          ...{ email: text, createdAt: instant, expiresAt: instant },
        }),
      ),
      "The links that were made for the user and not opened, without their secrets.",
    ),
    sessions: listOf(
      object({
        ...{ createdAt: instant, expiresAt: instant, revokedAt: orNull(instant) },
        ...{ device: orNull(text), lastUsedAt: orNull(instant) },
      }),
    ),
    usage: listOf({ type: "object" }),
    tables: { type: "object", additionalProperties: listOf({ type: "object" }) },
  }),
  ClosedAccount: object({
    userId: id,
    deleteAfter: about(instant, "The account is erased then. Until then it can be restored."),
  }),
  DeletedAccount: object({
    userId: id,
    deletedAt: instant,
    receiptIds: about(
      { type: "array", items: id },
      "The receipts of the purged content, for the business's records.",
    ),
    projectCount: whole,
    trackCount: whole,
    versionCount: whole,
    generationCount: whole,
  }),
  StartedGeneration: object({ ...started, ...described, links: object(generationLinks) }, describedNames),
  Generation: object({ ...generation, ...described, links: object(generationLinks) }, describedNames),
  ManagedGeneration: object({
    ...{ requestId: id, userId: id, state: generationState, title: text, prompt: text },
    durationSeconds: about({ oneOf: [whole, { const: "endless" }] }, "The requested length."),
    ...{ generatedMs: whole, generator: orNull(text), madeBy: orNull(text) },
    ...{ reasonCode: orNull(text), reason: orNull(text), trackId: id, versionId: id },
    ...{ createdAt: instant, startedAt: orNull(instant), finishedAt: orNull(instant) },
  }),
  GenerationWithEvents: object({
    userId: id,
    ...generation,
    events: about(
      listOf({ type: "object" }),
      "The events of the generation, in order. Of the progress events within one section, only the last is listed, without its waveform.",
    ),
  }),
  ManagedUser: object({
    userId: id,
    kind: about(oneOf("guest", "member", "external"), "external: the business itself signs the user in."),
    email: about(orNull(text), "The e-mail of a member."),
    createdAt: instant,
    tracks: about(whole, "The tracks that are not in the trash."),
    openSessions: about(whole, "The sessions of the page that have not ended."),
    deleteAfter: about(orNull(instant), "The time at which a deleted account is erased; null for others."),
  }),
  GenerationEvent: {
    oneOf: [
      object({ type: { const: "queued" }, at: instant }),
      about(
        object({
          type: { const: "queue" },
          at: instant,
          place: about(whole, "1 means that no other generation of the business starts before this one."),
          seconds: about(whole, "The estimated seconds until the generation starts, rounded."),
        }),
        "The place in the queue. The event is sent when the place or the seconds have changed, but not more often than every two seconds. After the event `started`, it is not sent any more.",
      ),
      object(
        {
          type: { const: "started" },
          at: instant,
          title: text,
          plannedMs: about(orNull(whole), "Null for a piece that goes on until it is stopped."),
          plannedBytes: orNull(whole),
          ...described,
        },
        describedNames,
      ),
      object(
        {
          type: { const: "progress" },
          at: instant,
          startMs: whole,
          generatedMs: whole,
          secondsLeft: about(
            whole,
            "The estimated seconds until the piece is complete, where they are known.",
          ),
          section: text,
          bar: about(whole, "The first bar that begins in this chunk, from 1."),
          bars: about(listOf(bar), "The bars that begin in this chunk, if the generator knows them."),
          peaks: about(
            text,
            "The waveform in base64: 50 pairs per second of a signed 8-bit minimum and maximum.",
          ),
        },
        ["secondsLeft", "section", "bar", "bars"],
      ),
      about(
        object(
          {
            type: { const: "report" },
            at: instant,
            generatedMs: { type: "number" },
            progress: about({ type: "number" }, "The share of the work that is done, from 0 to 1."),
            queued: { type: "number" },
            etaSeconds: { type: "number" },
            stage: text,
            failure: object({ reason: text, hint: text }, ["hint"]),
          },
          ["generatedMs", "progress", "queued", "etaSeconds", "stage", "failure"],
        ),
        "A report by a generator on another machine about its work.",
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
  Usage: object({
    from: about(text, "The first day."),
    to: about(text, "The last day."),
    items: listOf(
      object({
        day: text,
        userId: about(
          orNull(text),
          "null: all users together. (business): the servers of the business, and listeners without an account. (deleted): deleted users.",
        ),
        generations: about(whole, "The requested pieces, without those that failed."),
        seconds: about({ type: "number" }, "The length of the sound that was made, in seconds."),
        storedBytes: about(whole, "The bytes of the complete pieces."),
        servedBytes: about(whole, "The sum of the Content-Length of all answers with sound, in bytes."),
        queries: whole,
      }),
    ),
  }),
  QuotaState: object({
    of: oneOf("business", "user"),
    metric: oneOf(...metrics),
    per: oneOf("day", "month"),
    limit: whole,
    used: whole,
    left: whole,
    resetsAt: about(instant, "When the count starts again."),
  }),
  WebhookEndpoint: object(webhookEndpoint),
  WebhookEndpointWithSecret: object({
    ...webhookEndpoint,
    secret: about(text, "The secret that signs the messages (whsec_…). Only this response contains it."),
  }),
  WebhookDelivery: object({
    id,
    endpointId: id,
    eventId: about(id, "The id of the event, which is the header webhook-id of each attempt."),
    type: text,
    data: { type: "object" },
    state: about(oneOf("pending", "delivered", "dead"), "dead: the event is sent again only after a replay."),
    answerCode: about(orNull(whole), "The HTTP status of the last answer. Null if there was none."),
    tries: about(
      listOf(object({ at: instant, ms: whole, status: orNull(whole), reason: orNull(text) })),
      "The latest attempts.",
    ),
    nextAttemptAt: about(orNull(instant), "Null when the delivery has ended."),
    createdAt: instant,
    finishedAt: orNull(instant),
  }),
  StartedVersion: object({
    ...started,
    by: about(
      oneOf("plan", "generator", "prompt"),
      "plan: the plan of the parent was changed. generator: the generator changes the parent itself. prompt: a new piece is made from the prompt with the instruction.",
    ),
    understood: about(listOf(text), "The changes that will be made, as phrases."),
    notUnderstood: about(listOf(text), "The parts of the instruction that were not understood."),
    links: object(generationLinks),
  }),
  Version: object({
    id,
    trackId: id,
    projectId: id,
    parentId: about(orNull(id), "The version that this one was made from."),
    number: about(whole, "1, 2, 3… within the track."),
    title: text,
    prompt: text,
    instruction: orNull(text),
    seed: whole,
    state: generationState,
    durationMs: orNull(whole),
    audioBytes: orNull(whole),
    peaks: about(orNull(text), "100 unsigned bytes of loudness over the whole length, in base64."),
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
      length: about(whole, "The number of pairs."),
      data: about(listOf(whole), "The minimum and the maximum of each step."),
      sections: about(
        listOf(object({ startMs: whole, name: text })),
        "The sections in order; empty if the generator doesn't report sections.",
      ),
      bars: about(listOf(bar), "The bars in order; empty if the generator doesn't report bars."),
    }),
    "The waveform in the format of audiowaveform, with the sections, bars and chords of the music.",
  ),
  Deletion: object({
    id,
    kind: thingKind,
    subjectId: id,
    title: text,
    trackCount: whole,
    versionCount: whole,
    deletedAt: instant,
    purgeAfter: about(instant, "The time until which the deletion can be undone."),
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
    "What a purge removed. The counts of the stores grow until the state is complete.",
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
    scopes: about(
      orNull(listOf(oneOf(...keyScopes))),
      "null: the key may do everything that a business may.",
    ),
    expiresAt: about(
      orNull(instant),
      "The time after which a replaced key is refused; null if the key was not replaced.",
    ),
  }),
  Erasure: object({
    businessId: id,
    requestedAt: instant,
    completedAt: orNull(instant),
    receipt: about(
      orNull(text),
      "A JWS in compact form. It is signed with this Rondo's key, and its header has the public key.",
    ),
  }),
  MoveState: object({
    progress: {
      ...object({
        action: oneOf("dryRun", "move", "back", "finish", "cancel"),
        state: oneOf("running", "done", "failed"),
        step: {
          type: ["string", "null"],
          enum: ["prepare", "copy", "index", "wait", "pause", "switch", "check", null],
        },
        rows: orNull(
          object({ table: text, rows: whole, rowsTotal: whole, rowsPerSecond: whole, secondsLeft: whole }),
        ),
        startedAt: instant,
        endedAt: orNull(instant),
        report: about(
          orNull(
            object({
              rows: whole,
              tables: whole,
              pauseMs: { type: "number", description: "The time for which writes were refused." },
              totalMs: { type: "number" },
            }),
          ),
          "The result of a move, or of a move back.",
        ),
        tables: about(
          orNull(
            listOf(
              object({
                table: text,
                rows: whole,
                columns: listOf(object({ name: text, from: text, to: text })),
              }),
            ),
          ),
          "The result of a dry run.",
        ),
        fault: orNull(object({ code: text, message: text, hint: orNull(text) })),
      }),
      type: ["object", "null"],
      description:
        "The latest action that was started in the process that answers. Null if this process has started none.",
    },
    record: {
      ...object({
        step: about(
          oneOf("begun", "copying", "switched", "returning"),
          "switched: the business uses the new database, and can go back.",
        ),
        engine: about(text, "The engine of the database that the business does not use."),
        copiedTables: whole,
        since: instant,
      }),
      type: ["object", "null"],
      description: "Null: the business is not moving, and has no former database.",
    },
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
    businessesNotServed: about(orNull(whole), "Null if the businesses could not be counted."),
    acceptsNewWork: about(
      { type: "boolean" },
      "False when the disk is nearly full; reading and deleting still work.",
    ),
  }),
} as const satisfies Readonly<Record<string, JsonObject>>;

export const ref = (name: keyof typeof components): JsonObject => ({ $ref: `#/components/schemas/${name}` });
