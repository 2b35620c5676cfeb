// Describes the schemas of versions, waveforms, the trash, receipts and signed files.
import { about, id, instant, listOf, object, oneOf, orNull, text, whole } from "../schema.ts";
import { generationState, versionLinks, generationLinks, started, bar } from "./shared.ts";

const thingKind = oneOf("project", "track", "version");

const claims = object({
  format: oneOf("mp3", "wav"),
  sha256: about(text, "The SHA-256 of the sound without tags, as base64url."),
  versionId: id,
  businessId: id,
  createdAt: instant,
  sourceType: text,
});

export const library = {
  StartedVersion: object({
    ...started,
    by: about(
      oneOf("plan", "generator", "prompt"),
      "plan: the plan of the parent was changed. generator: the generator makes the new version from the parent and the instruction. prompt: a new piece is made from the prompt with the instruction.",
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
      length: about(whole, "The number of pairs of a minimum and a maximum."),
      data: about(listOf(whole), "For each group of samples_per_pixel samples: the minimum and the maximum."),
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
    "What a purge removed. The counts of streams and objects grow until the state is complete.",
  ),
  Verdict: {
    oneOf: [
      object({ verdict: { const: "unaltered" }, claims, keyId: text }),
      object({ verdict: { const: "altered" }, reason: text, claims }, ["claims"]),
      object({ verdict: { const: "foreign" }, reason: text, sha256: text }, ["sha256"]),
    ],
  },
} as const;
