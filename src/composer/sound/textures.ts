// Adds rain, vinyl, wind and sea: quiet background sounds made of filtered noise. At random moments, rain also has
// drops, and vinyl also has clicks.

import type { Random } from "../random.ts";
import { createRandom } from "../random.ts";
import type { MusicSpec } from "../spec.ts";
import { type Biquad, bandPass, createBiquad, highPass, lowPass } from "./biquad.ts";

/**
 * The background sounds of a piece. `addTo` adds the next `count` samples of these sounds to both
 * channels. An adjustment of the music's volume must not change the volume of these sounds. So call `addTo` after the
 * volume of the music was adjusted.
 */
export interface Textures {
  addTo(left: Float32Array, right: Float32Array, count: number): void;
}

export const createTextures = (spec: MusicSpec, sampleRate: number): Textures => {
  const layers = [
    spec.textures.rain > 0 ? createRain(spec, sampleRate) : undefined,
    spec.textures.vinyl > 0 ? createVinyl(spec, sampleRate) : undefined,
    spec.textures.wind > 0 ? createSwells(spec, sampleRate, "wind") : undefined,
    spec.textures.sea > 0 ? createSwells(spec, sampleRate, "sea") : undefined,
  ].filter((layer) => layer !== undefined);
  return {
    addTo: (left, right, count) => {
      for (const layer of layers) layer.addTo(left, right, count);
    },
  };
};

const createRain = (spec: MusicSpec, sampleRate: number): Textures => {
  const amount = spec.textures.rain;
  const drops = createRandom(spec.seed, "rain", "drops");
  const sides = [0, 1].map((side) => ({
    noise: createNoise(createRandom(spec.seed, "rain", side)),
    filters: [createBiquad(highPass(700, sampleRate)), createBiquad(lowPass(6500, sampleRate))],
    ring: createBiquad(bandPass(2800 + side * 500, sampleRate, 5)),
    dropped: 0,
  }));
  return {
    addTo: (left, right, count) => {
      for (const [index, side] of sides.entries()) {
        const target = index === 0 ? left : right;
        const hiss = side.noise(count, 0.03 * amount);
        for (const filter of side.filters) filter.run(hiss, count);
        const taps = new Float32Array(count);
        for (let at = 0; at < count; at++)
          if (drops.chance(0.0007 * amount)) taps[at] = drops.spread() * 0.35;
        side.ring.run(taps, count);
        for (let at = 0; at < count; at++) target[at] = target[at]! + hiss[at]! + taps[at]!;
      }
    },
  };
};

const createVinyl = (spec: MusicSpec, sampleRate: number): Textures => {
  const amount = spec.textures.vinyl;
  const clicks = createRandom(spec.seed, "vinyl", "clicks");
  const noise = createNoise(createRandom(spec.seed, "vinyl", "dust"));
  const dustFilter = createBiquad(bandPass(3200, sampleRate, 0.4));
  const clickFilter = createBiquad(bandPass(2200, sampleRate, 0.9));
  return {
    addTo: (left, right, count) => {
      const dust = noise(count, 0.006 * amount);
      dustFilter.run(dust, count);
      const crackle = new Float32Array(count);
      for (let at = 0; at < count; at++) {
        if (clicks.chance(0.00022 * amount)) crackle[at] = clicks.spread() * 0.3;
      }
      clickFilter.run(crackle, count);
      for (let at = 0; at < count; at++) {
        left[at] = left[at]! + dust[at]! + crackle[at]!;
        right[at] = right[at]! + dust[at]! + crackle[at]! * 0.8;
      }
    },
  };
};

/**
 * Creates noise whose volume rises and falls. The wind has a higher pitch than the sea, and the
 * volume of the wind changes faster.
 */
const createSwells = (spec: MusicSpec, sampleRate: number, kind: "wind" | "sea"): Textures => {
  const amount = spec.textures[kind];
  const { hertz, q, seconds, level } =
    kind === "sea"
      ? { hertz: 520, q: 0.5, seconds: 9, level: 0.09 }
      : { hertz: 650, q: 1.6, seconds: 6.5, level: 0.075 };
  const filters: readonly Biquad[] = [0, 1].map((side) =>
    createBiquad(bandPass(hertz * (1 + side * 0.15), sampleRate, q)),
  );
  const noises = [0, 1].map((side) => createNoise(createRandom(spec.seed, kind, side)));
  const phase = createRandom(spec.seed, kind, "phase").next();
  let clock = 0;
  return {
    addTo: (left, right, count) => {
      for (const [side, target] of [left, right].entries()) {
        const swell = noises[side]?.(count, level * amount);
        if (swell === undefined) continue;
        filters[side]?.run(swell, count);
        for (let at = 0; at < count; at++) {
          const turn = (clock + at) / sampleRate / seconds + phase + side * 0.08;
          const height = 0.35 + 0.65 * (0.5 - 0.5 * Math.cos(2 * Math.PI * turn)) ** 1.5;
          target[at] = target[at]! + swell[at]! * height;
        }
      }
      clock += count;
    },
  };
};

const createNoise = (random: Random): ((count: number, level: number) => Float32Array) => {
  return (count, level) => {
    const samples = new Float32Array(count);
    for (let at = 0; at < count; at++) samples[at] = (random.next() * 2 - 1) * level;
    return samples;
  };
};
