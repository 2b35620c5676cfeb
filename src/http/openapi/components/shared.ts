// Describes the parts that several schemas have in common.
import { about, id, listOf, object, oneOf, text, url, whole } from "../schema.ts";

export const generationState = oneOf("queued", "running", "complete", "failed", "cancelled");

export const versionLinks = {
  audio: about(url, "The audio for players, with byte ranges, during and after generation."),
  playlist: about(url, "The same audio as HLS."),
  download: about(
    url,
    "The audio as a file with a name and tags; with `&format=midi`, `&format=musicxml` or `&format=abc` the notes, and with `&format=stems` the parts.",
  ),
  peaks: about(url, "The waveform."),
};

export const generationLinks = { self: url, events: url, chunks: url, ...versionLinks };

export const started = {
  userId: id,
  requestId: about(id, "The id of the generation."),
  projectId: id,
  trackId: id,
  versionId: id,
  seed: about(whole, "The same prompt and seed give the same plan."),
};

export const bar = object({
  bar: about(whole, "The number of the bar, from 1. The last chord of a piece has a bar of its own."),
  startMs: whole,
  section: about(text, "intro, verse, chorus, break, build, solo or outro."),
  chords: listOf(object({ startMs: whole, name: about(text, "For example Am7, Bb or F#m/C#.") })),
});
