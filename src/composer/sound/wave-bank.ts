// Computes the waves of an old game console (square, pulse and triangle) as the instruments of a small sound bank.

import {
  BasicInstrument,
  BasicPreset,
  BasicSoundBank,
  EmptySample,
  GeneratorTypes,
  SampleTypes,
} from "spessasynth_core";
import { type InstrumentName, instruments } from "../instruments.ts";
import { sampleRate } from "../spec.ts";

export const createWaveBank = (): BasicSoundBank => {
  const bank = new BasicSoundBank();
  addWave(bank, "square", (harmonic) => (harmonic % 2 === 1 ? 1 / harmonic : 0));
  addWave(bank, "pulse", (harmonic) => Math.sin(Math.PI * harmonic * 0.25) / harmonic);
  addWave(bank, "triangle", (harmonic) =>
    harmonic % 2 === 1 ? (-1) ** ((harmonic - 1) / 2) / harmonic ** 2 : 0,
  );
  bank.flush();
  return bank;
};

/**
 * Adds one sample per octave, each with at most 48 harmonics. On keys up to half an octave above the centre of a
 * sample, all its harmonics are below 16 kHz. Only the highest sample is also played on higher keys, where its
 * harmonics can be above 16 kHz.
 */
const addWave = (
  bank: BasicSoundBank,
  name: InstrumentName,
  amplitudeOf: (harmonic: number) => number,
): void => {
  const instrument = new BasicInstrument();
  instrument.name = name;
  for (let centre = 30; centre <= 102; centre += 12) {
    const sample = new EmptySample();
    sample.name = `${name} ${centre}`;
    sample.sampleType = SampleTypes.monoSample;
    sample.originalKey = centre;
    const wave = waveOf(440 * 2 ** ((centre - 69) / 12), amplitudeOf);
    sample.setAudioData(wave, sampleRate);
    sample.loopStart = 0;
    sample.loopEnd = wave.length;
    bank.addSamples(sample);
    const zone = instrument.createZone(sample);
    zone.keyRange = { min: centre === 30 ? 0 : centre - 6, max: centre === 102 ? 127 : centre + 5 };
    zone.setGenerator(GeneratorTypes.sampleModes, 1);
    // The envelope has a fast attack, a decay of half a second to 4 dB below the peak, and a release of a tenth of a
    // second. The times are in timecents, and the level is in centibels.
    zone.setGenerator(GeneratorTypes.attackVolEnv, -9000);
    zone.setGenerator(GeneratorTypes.decayVolEnv, -1200);
    zone.setGenerator(GeneratorTypes.sustainVolEnv, 40);
    zone.setGenerator(GeneratorTypes.releaseVolEnv, -4000);
  }
  bank.addInstruments(instrument);
  const preset = new BasicPreset(bank);
  preset.name = name;
  preset.program = instruments[name].program;
  preset.createZone(instrument);
  bank.addPresets(preset);
};

/**
 * Computes a loop of complete cycles of the wave, so the loop repeats without a click. Rounding the length of the loop
 * to a whole number of audio samples changes the pitch slightly. The loop has many cycles, which keeps this change
 * below a tenth of a cent.
 */
const waveOf = (hertz: number, amplitudeOf: (harmonic: number) => number): Float32Array => {
  const cycles = Math.max(8, Math.ceil(hertz / 12));
  const length = Math.round((cycles * sampleRate) / hertz);
  const harmonics = Math.max(1, Math.min(48, Math.floor(16_000 / (hertz * 1.42))));
  const amplitudes = Array.from({ length: harmonics }, (_, index) => amplitudeOf(index + 1));
  const wave = new Float32Array(length);
  let peak = 0;
  for (let at = 0; at < length; at++) {
    let value = 0;
    for (const [index, amplitude] of amplitudes.entries()) {
      if (amplitude !== 0) value += amplitude * Math.sin((2 * Math.PI * (index + 1) * cycles * at) / length);
    }
    wave[at] = value;
    peak = Math.max(peak, Math.abs(value));
  }
  for (let at = 0; at < length; at++) wave[at] = (wave[at]! / peak) * 0.6;
  return wave;
};
