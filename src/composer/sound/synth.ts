// Runs the synthesizer, which turns a piece's bars into raw stereo sound, block by block, with a sampler.

import { SpessaSynthProcessor } from "spessasynth_core";
import { instruments, kits } from "../instruments.ts";
import type { Piece } from "../score/piece.ts";
import { drumNotes } from "../score/parts/percussion.ts";
import { type MusicSpec, sampleRate } from "../spec.ts";
import { styleOf } from "../styles/all-styles.ts";
import { type DrumLane, type Part, type PartMix, pitchedParts } from "../styles/style.ts";
import type { Bank } from "./bank.ts";
import { expressionOf } from "./expression.ts";
import { dbToGain } from "./decibels.ts";

export interface Synth {
  /** Overwrites the first `count` samples of both arrays with the next samples of the piece. */
  render(left: Float32Array, right: Float32Array, count: number): void;
  close(): void;
}

interface Event {
  readonly sample: number;
  readonly order: number;
  readonly play: () => void;
}

/**
 * The sampler updates its envelopes once in each slice, so the division into slices changes the bytes of the sound. A
 * slice ends at each multiple of `sliceSamples` from the start of the piece, at each event, and at the end of each
 * rendered block. If all block sizes are multiples of `sliceSamples`, the block sizes don't change the bytes.
 * Otherwise, another sequence of block sizes can give other bytes.
 */
export const sliceSamples = 256;
const drumChannel = 9;

/**
 * If `only` is given, the synth renders only this part, and the other parts are silent. The events of the silent parts
 * still divide the slices, so a part alone has the same slices as the whole band. Therefore the sum of all parts, each
 * rendered alone in the same blocks, equals the whole band, apart from rounding.
 */
export const createSynth = async (piece: Piece, bank: Bank, only?: Part): Promise<Synth> => {
  const processor = new SpessaSynthProcessor(sampleRate, {
    maxBufferSize: sliceSamples,
    effectsEnabled: true,
    eventsEnabled: false,
  });
  processor.soundBankManager.addSoundBank(bank.recorded, "recorded");
  processor.soundBankManager.addSoundBank(bank.more, "more");
  processor.soundBankManager.addSoundBank(bank.waves, "waves");
  await processor.processorInitialized;
  setUpBand(processor, piece);

  let events: Event[] = [];
  let nextBar = 0;
  let clock = 0;
  const fetchUntil = (sample: number): void => {
    while (nextBar <= piece.timing.bars && Math.floor(piece.timing.barStart(nextBar)) <= sample) {
      events.push(...eventsOf(processor, piece, nextBar, only));
      nextBar++;
      events.sort((one, other) => one.sample - other.sample || one.order - other.order);
    }
  };
  return {
    render: (left, right, count) => {
      left.fill(0, 0, count);
      right.fill(0, 0, count);
      fetchUntil(clock + count);
      let played = 0;
      for (let at = 0; at < count;) {
        while (played < events.length && (events[played]?.sample ?? 0) <= clock) events[played++]?.play();
        const toGrid = sliceSamples - (clock % sliceSamples);
        const toEvent = (events[played]?.sample ?? Number.POSITIVE_INFINITY) - clock;
        const slice = Math.min(count - at, toGrid, toEvent);
        processor.process(left, right, at, slice);
        at += slice;
        clock += slice;
      }
      events = events.slice(played);
    },
    close: () => {
      // Destroying the processor would also destroy the banks that other pieces share.
      processor.stopAllChannels(true);
      events = [];
    },
  };
};

const channelOf = (part: Part): number => (part === "drums" ? drumChannel : pitchedParts.indexOf(part));

const usualMix: Readonly<Record<Part, PartMix>> = {
  chords: { volume: 90, pan: 54, reverb: 45, chorus: 12 },
  bass: { volume: 102, pan: 64, reverb: 8, chorus: 0 },
  lead: { volume: 94, pan: 72, reverb: 56, chorus: 6 },
  pad: { volume: 66, pan: 64, reverb: 70, chorus: 24 },
  arp: { volume: 70, pan: 84, reverb: 50, chorus: 10 },
  counter: { volume: 84, pan: 44, reverb: 50, chorus: 6 },
  drums: { volume: 98, pan: 64, reverb: 16, chorus: 0 },
};

const control = {
  vibrato: 1,
  volume: 7,
  pan: 10,
  expression: 11,
  pedal: 64,
  reverb: 91,
  chorus: 93,
} as const;

/**
 * The parts that have two players: one on the left, and one on the right. The second player is slightly late, and the
 * players are slightly out of tune with each other. The value is the MIDI channel of the second player.
 */
const twins: Readonly<Partial<Record<Part, number>>> = { chords: 10, pad: 11, arp: 12 };
const twinDelaySamples = Math.round(0.012 * sampleRate);
/**
 * How far the pitch wheel is moved from its centre to detune a player by about 3 cents. A move of 8,192 would change
 * the pitch by two semitones.
 */
const detune = 123;
const wheelCentre = 8192;
/** How far each of two players is moved to the left or to the right of their common place, as a MIDI pan value. */
const spread = 56;

const hasTwin = ({ spec }: Piece, part: Part): boolean =>
  spec.composerVersion > 1 && twins[part] !== undefined && spec.parts[part] !== null && spec.style !== "chip";

const setUpBand = (processor: SpessaSynthProcessor, piece: Piece): void => {
  const { spec } = piece;
  for (const part of [...pitchedParts, "drums"] as const) {
    if (spec.parts[part] === null) continue;
    const mix = withSpace(spec, { ...usualMix[part], ...styleOf(spec).mix[part] });
    const twin = hasTwin(piece, part) ? twins[part] : undefined;
    const level = dbToGain((spec.levels[part] ?? 0) / 2);
    if (twin === undefined)
      setUpChannel(processor, spec, part, channelOf(part), { ...mix, volume: mix.volume * level });
    else {
      const volume = mix.volume * level * 0.84;
      const middle = Math.round(64 + (mix.pan - 64) * 0.3);
      setUpChannel(processor, spec, part, channelOf(part), {
        ...mix,
        volume,
        pan: Math.max(0, middle - spread),
      });
      setUpChannel(processor, spec, part, twin, { ...mix, volume, pan: Math.min(127, middle + spread) });
      processor.pitchWheel(channelOf(part), wheelCentre - detune);
      processor.pitchWheel(twin, wheelCentre + detune);
    }
  }
  if (spec.parts.drums !== null && spec.composerVersion > 1) spreadDrums(processor);
};

const setUpChannel = (
  processor: SpessaSynthProcessor,
  spec: MusicSpec,
  part: Part,
  channel: number,
  mix: PartMix,
): void => {
  const { program, trimDb } =
    part === "drums" ? kits[spec.parts.drums ?? "room"] : instruments[spec.parts[part] ?? "piano"];
  processor.programChange(channel, program);
  processor.controllerChange(channel, control.volume, trimmed(mix.volume, trimDb));
  processor.controllerChange(channel, control.pan, mix.pan);
  processor.controllerChange(channel, control.reverb, mix.reverb);
  processor.controllerChange(channel, control.chorus, mix.chorus);
  processor.controllerChange(channel, control.expression, 127);
};

const withSpace = (spec: MusicSpec, mix: PartMix): PartMix => {
  if (spec.feel.includes("reverb"))
    return { ...mix, reverb: Math.min(127, Math.round(mix.reverb * 1.5 + 30)) };
  return spec.feel.includes("dry") ? { ...mix, reverb: Math.round(mix.reverb * 0.25) } : mix;
};

/** The stereo position of each drum from the audience's view, from 0 (left) to 127 (right). */
const drumPans: Readonly<Partial<Record<DrumLane, number>>> = {
  hat: 84,
  pedalHat: 84,
  openHat: 84,
  ride: 36,
  crash: 44,
  highTom: 78,
  midTom: 60,
  lowTom: 44,
  tambourine: 30,
  shaker: 98,
  maracas: 98,
  cowbell: 46,
  conga: 88,
  lowConga: 96,
  bongo: 32,
  lowBongo: 40,
  timbale: 36,
  lowTimbale: 44,
  agogo: 92,
  lowAgogo: 92,
  cabasa: 28,
  guiro: 34,
  claves: 80,
  woodblock: 84,
  lowWoodblock: 78,
  triangle: 100,
  castanets: 84,
  clap: 58,
  rim: 70,
};

const softDrums: readonly DrumLane[] = [
  "hat",
  "openHat",
  "pedalHat",
  "tambourine",
  "shaker",
  "maracas",
  "cabasa",
];
/** Parameters of a drum in the GS standard, which are sent as non-registered parameters of the drum channel. */
const drumParameter = { level: 26, pan: 28 } as const;
const softLevel = 84;

const spreadDrums = (processor: SpessaSynthProcessor): void => {
  const set = (parameter: number, lane: DrumLane, value: number): void => {
    processor.controllerChange(drumChannel, 99, parameter);
    processor.controllerChange(drumChannel, 98, drumNotes[lane]);
    processor.controllerChange(drumChannel, 6, value);
  };
  for (const [lane, pan] of Object.entries(drumPans)) set(drumParameter.pan, lane as DrumLane, pan);
  for (const lane of softDrums) set(drumParameter.level, lane, softLevel);
  // The recording of this drum is much louder than the kit.
  set(drumParameter.level, "surdo", 40);
};

/** Returns the MIDI volume after a trim in decibels. MIDI squares the volume to get the gain, hence the square root. */
const trimmed = (volume: number, trimDb: number): number =>
  Math.max(1, Math.min(127, Math.round(volume * Math.sqrt(dbToGain(trimDb)))));

const eventsOf = (
  processor: SpessaSynthProcessor,
  piece: Piece,
  index: number,
  only: Part | undefined,
): readonly Event[] => {
  const isSilent = (part: Part): boolean => only !== undefined && part !== only;
  const rest = (): void => undefined;
  const { ringStart, samples } = piece.timing;
  const start = index === piece.timing.bars ? ringStart : piece.timing.barStart(index);
  const samplesPerQuarter = piece.timing.quarterIn(index);
  const sampleOf = (beat: number): number => Math.round(start + beat * samplesPerQuarter);
  const bar = piece.barOf(index);
  const events: Event[] = [];
  for (const { part, beat, level } of bar.faders) {
    if (piece.spec.parts[part] === null) continue;
    const channels = [channelOf(part), ...(hasTwin(piece, part) ? [twins[part] ?? 0] : [])];
    const play = () => {
      for (const channel of channels) processor.controllerChange(channel, control.expression, level);
    };
    events.push({ sample: sampleOf(beat), order: 1, play: isSilent(part) ? rest : play });
  }
  for (const { part, beat, controller, value } of expressionOf(
    piece.spec,
    bar,
    samplesPerQuarter / sampleRate,
  )) {
    const channels = [channelOf(part), ...(hasTwin(piece, part) ? [twins[part] ?? 0] : [])];
    const play = () => {
      for (const channel of channels) processor.controllerChange(channel, control[controller], value);
    };
    const sample = Math.min(samples, sampleOf(beat));
    events.push({ sample, order: 1, play: isSilent(part) ? rest : play });
  }
  for (const { part, beat, pitch, velocity, beats } of bar.notes) {
    const channel = channelOf(part);
    const end = Math.min(samples, sampleOf(beat + beats));
    events.push({
      sample: sampleOf(beat),
      order: 2,
      play: isSilent(part) ? rest : () => processor.noteOn(channel, pitch, velocity),
    });
    // Events at the same sample are sorted by `order`. The end of a note has the order 0, and the beginning of a note
    // has the order 2. So a note ends before the next note begins.
    events.push({
      sample: end,
      order: 0,
      play: isSilent(part) ? rest : () => processor.noteOff(channel, pitch),
    });
    const twin = hasTwin(piece, part) ? twins[part] : undefined;
    if (twin === undefined) continue;
    const late = sampleOf(beat) + twinDelaySamples;
    events.push({
      sample: late,
      order: 2,
      play: isSilent(part) ? rest : () => processor.noteOn(twin, pitch, velocity),
    });
    events.push({
      sample: Math.max(late + 1, Math.min(samples, end + twinDelaySamples)),
      order: 0,
      play: isSilent(part) ? rest : () => processor.noteOff(twin, pitch),
    });
  }
  return events;
};
