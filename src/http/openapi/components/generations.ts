// Describes the schemas of generations and their events.
import { generationOptions } from "../../routes/generations/generation-options.ts";
import { about, id, instant, listOf, object, oneOf, orNull, sentAs, text, whole } from "../schema.ts";
import { generationState, generationLinks, started, bar } from "./shared.ts";

const generatorEndMeaning =
  "Set after a cancellation, if the generator runs on another machine: says whether that generator stopped, too.";

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

export const generations = {
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
            "The waveform in base64. Each second has 50 pairs of signed 8-bit numbers: a minimum and a maximum.",
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
} as const;
