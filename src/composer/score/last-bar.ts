// Composes the last chord of a piece, which follows the last complete bar.
import { instruments } from "../instruments.ts";
import { createRandom } from "../random.ts";
import type { MusicSpec } from "../spec.ts";
import type { Part } from "../styles/style.ts";
import type { Bar } from "./bar.ts";
import { yielding } from "./faders.ts";
import type { Section } from "./form/form.ts";
import { homeOf } from "./harmony/harmony.ts";
import { powerChord, voiceChord } from "./harmony/voicing.ts";
import { inOrder, type Note } from "./note.ts";
import { drumNotes } from "./parts/percussion.ts";
import type { Sketch } from "./sketch.ts";
import { createGroove } from "./time/groove.ts";
import { meters } from "./time/meter.ts";
import type { Timing } from "./time/timing.ts";

/**
 * Composes the last chord as the bar with the index `timing.bars`. The chord rings to the end of the
 * piece. If the ending is "stop", the chord is short. Arpeggios are silent in this bar. A piece that fades out or
 * loops has no last chord, so the result has no notes.
 */
export const lastBar = (spec: MusicSpec, timing: Timing, section: Section, sketch: Sketch): Bar => {
  const harmony = homeOf(spec);
  const { chord } = harmony[0];
  const random = createRandom(spec.seed, "last");
  const groove = createGroove(spec, random, timing.bars);
  if (timing.ringStart >= timing.samples)
    return { index: timing.bars, section, harmony, notes: [], tune: [], faders: [] };
  const ring = (timing.samples - timing.ringStart) / timing.quarterIn(timing.bars);
  const beats = spec.form.ending === "stop" ? 0.4 : ring;
  const voicing = spec.feel.includes("power-chords")
    ? powerChord(chord)
    : voiceChord(chord, sketch.voicings.at(-1)?.at(-1));
  const notes: Note[] = [];
  const add = (part: Part, beat: number, pitch: number, force: number): void => {
    if (spec.parts[part] === null) return;
    notes.push({ part, beat, pitch, velocity: groove.velocityOf(force), beats: Math.max(0.1, beats - beat) });
  };
  for (const [order, pitch] of voicing.entries()) add("chords", order * 0.06, pitch, 0.6);
  for (const pitch of voicing.slice(1)) add("pad", 0, pitch, 0.52);
  const low = 36 + ((((chord.root - 36) % 12) + 12) % 12);
  add("bass", 0, low > 43 ? low - 12 : low, 0.6);
  if (spec.parts.bass === null) add("chords", 0, low, 0.5);
  const lastSung = sketch.melody.at(-1)?.at(-1)?.pitch ?? 72;
  const lastPitch = nearestOctave(chord.root, lastSung);
  add("lead", 0, lastPitch, 0.58);
  if (spec.parts.counter !== null)
    add(
      "counter",
      0,
      nearestOctave(chord.pitchClasses[1] ?? chord.root, instruments[spec.parts.counter].low + 14),
      0.5,
    );
  if (spec.parts.drums !== null && spec.energy > 0.35 && !spec.feel.includes("hand-drums")) {
    notes.push({
      part: "drums",
      beat: 0,
      pitch: drumNotes.kick,
      velocity: groove.velocityOf(0.5),
      beats: 0.2,
    });
    notes.push({
      part: "drums",
      beat: 0,
      pitch: drumNotes.crash,
      velocity: groove.velocityOf(0.3),
      beats: 0.2,
    });
  }
  const faders = yielding.map((part) => ({ part, beat: 0, level: 118 }));
  const tune =
    spec.parts.lead === null ? [] : [{ at: 0, length: meters[spec.meter].steps, pitch: lastPitch }];
  return { index: timing.bars, section, harmony, notes: inOrder(notes), tune, faders };
};

const nearestOctave = (pitchClass: number, near: number): number => {
  const up = near + ((((pitchClass - near) % 12) + 12) % 12);
  return up - near > 6 ? up - 12 : up;
};
