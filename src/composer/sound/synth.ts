// The synthesizer: turns a piece's bars into raw stereo sound, block by block, through the sampler.

import { SpessaSynthProcessor } from "spessasynth_core";
import { instruments, kits } from "../instruments.ts";
import type { Piece } from "../score/piece.ts";
import { sampleRate } from "../spec.ts";
import { styleOf } from "../styles/all-styles.ts";
import { type Part, type PartMix, pitchedParts } from "../styles/style.ts";
import type { Bank } from "./bank.ts";
import { dbToGain } from "./decibels.ts";

export interface Synth {
  /** Fills the block with the next `count` samples and overwrites its content. */
  render(left: Float32Array, right: Float32Array, count: number): void;
  close(): void;
}

interface Event {
  readonly sample: number;
  readonly order: number;
  readonly play: () => void;
}

/**
 * The sampler updates its envelopes once per slice. Slices are on a fixed grid, so the bytes don't
 * depend on block sizes.
 */
export const sliceSamples = 256;
const drumChannel = 9;

export const createSynth = async (piece: Piece, bank: Bank): Promise<Synth> => {
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
      events.push(...eventsOf(processor, piece, nextBar));
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
      // Destroying the processor would destroy the banks that others share.
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

const control = { volume: 7, pan: 10, expression: 11, reverb: 91, chorus: 93 } as const;

const setUpBand = (processor: SpessaSynthProcessor, { spec }: Piece): void => {
  for (const part of [...pitchedParts, "drums"] as const) {
    if (spec.parts[part] === null) continue;
    const channel = channelOf(part);
    const mix = { ...usualMix[part], ...styleOf(spec).mix[part] };
    const { program, trimDb } =
      part === "drums" ? kits[spec.parts.drums ?? "room"] : instruments[spec.parts[part] ?? "piano"];
    processor.programChange(channel, program);
    processor.controllerChange(channel, control.volume, trimmed(mix.volume, trimDb));
    processor.controllerChange(channel, control.pan, mix.pan);
    processor.controllerChange(channel, control.reverb, mix.reverb);
    processor.controllerChange(channel, control.chorus, mix.chorus);
    processor.controllerChange(channel, control.expression, 127);
  }
};

/** MIDI squares the volume to get the gain. */
const trimmed = (volume: number, trimDb: number): number =>
  Math.max(1, Math.min(127, Math.round(volume * Math.sqrt(dbToGain(trimDb)))));

const eventsOf = (processor: SpessaSynthProcessor, piece: Piece, index: number): readonly Event[] => {
  const { ringStart, samples } = piece.timing;
  const start = index === piece.timing.bars ? ringStart : piece.timing.barStart(index);
  const samplesPerQuarter = piece.timing.quarterIn(index);
  const sampleOf = (beat: number): number => Math.round(start + beat * samplesPerQuarter);
  const bar = piece.barOf(index);
  const events: Event[] = [];
  for (const { part, beat, level } of bar.faders) {
    if (piece.spec.parts[part] === null) continue;
    const play = () => processor.controllerChange(channelOf(part), control.expression, level);
    events.push({ sample: sampleOf(beat), order: 1, play });
  }
  for (const { part, beat, pitch, velocity, beats } of bar.notes) {
    const channel = channelOf(part);
    const end = Math.min(samples, sampleOf(beat + beats));
    events.push({ sample: sampleOf(beat), order: 2, play: () => processor.noteOn(channel, pitch, velocity) });
    // A note ends before its successor of the same pitch begins.
    events.push({ sample: end, order: 0, play: () => processor.noteOff(channel, pitch) });
  }
  return events;
};
