// Changes a groove to fit the feels of the piece, which come from the prompt or the style. Examples are half-time, a
// double bass drum, and rolls on the hi-hat. In an intro, an outro, a break, or a bar without drums, a feel must not
// add hits. There, only the feels in `always` are applied, which only remove hits.

import { createRandom } from "../../random.ts";
import type { MusicSpec } from "../../spec.ts";
import type { DrumLane, Feel, Groove } from "../../styles/style.ts";
import type { Section } from "../form/form.ts";
import { type Meter, meters, middleOf } from "../time/meter.ts";

export const withFeel = (spec: MusicSpec, groove: Groove, section: Section, bar: number): Groove => {
  let felt = groove;
  const isPlaying = section.kind !== "outro" && section.kind !== "intro" && section.kind !== "break";
  const full = isPlaying && Object.keys(groove).length > 0;
  for (const feel of spec.feel) {
    const change = changes[feel];
    if (change !== undefined && (full || always.has(feel)))
      felt = change(felt, { spec, meter: meters[spec.meter], bar });
  }
  return felt;
};

interface Place {
  readonly spec: MusicSpec;
  readonly meter: Meter;
  readonly bar: number;
}

const always = new Set<Feel>(["no-hats", "sparse"]);

const backbeats: readonly DrumLane[] = ["snare", "clap", "rim"];

const changes: Readonly<Partial<Record<Feel, (groove: Groove, place: Place) => Groove>>> = {
  "half-time": (groove, { spec, meter }) => {
    const middle = middleOf(spec.meter);
    const hasSnare = backbeats.some((lane) => groove[lane] !== undefined);
    return {
      ...rest(groove, ["snare", "clap", "rim"]),
      kick: written(meter, (at) => at === 0 || at === middle + 6 || at === middle - 2),
      [hasSnare && groove.clap !== undefined && groove.snare === undefined ? "clap" : "snare"]: written(
        meter,
        (at) => at === middle,
        "X",
      ),
    };
  },
  "double-time": (groove, { meter }) => ({
    ...rest(groove, ["snare", "kick"]),
    kick: written(meter, (at) => at % 4 === 0, "X"),
    snare: written(meter, (at) => at % 4 === 2, "X"),
  }),
  "double-kick": (groove, { meter }) => ({ ...groove, kick: written(meter, () => true) }),
  "four-on-the-floor": (groove, { meter }) => ({ ...groove, kick: onGroups(meter, "X") }),
  breakbeat: (groove, { meter }) => ({
    ...rest(groove, ["snare", "clap"]),
    kick: written(meter, (at) => at === 0 || at === 2 || at === 10 || at === 11, "X"),
    snare: written(meter, (at) => at === 4 || at === 7 || at === 9 || at === 12 || at === 15),
    hat: written(meter, (at) => at % 2 === 0),
  }),
  "blast-beat": (groove, { meter }) => ({
    ...groove,
    kick: written(meter, (at) => at % 2 === 0, "X"),
    snare: written(meter, (at) => at % 2 === 1),
    hat: written(meter, (at) => at % 2 === 0),
  }),
  "hat-rolls": (groove, { spec, meter, bar }) => {
    const random = createRandom(spec.seed, "rolls", bar % 8);
    const first = random.between(1, meter.groups.length - 1) * 4 + 2;
    return {
      ...groove,
      hat: written(meter, (at) => at % 2 === 0).replace(/./g, (symbol, at: number) =>
        at >= first && at < first + 2 + (bar % 2) * 2 ? "r" : symbol,
      ),
    };
  },
  "no-hats": (groove) => rest(groove, ["hat", "openHat", "pedalHat"]),
  polyrhythm: (groove, { meter }) => ({
    ...groove,
    cowbell: written(meter, (at) => at % 3 === 0, "o"),
    lowConga: written(meter, (at) => at % 5 === 0, "o"),
  }),
  sparse: (groove) => rest(groove, ["shaker", "tambourine", "openHat", "crash"]),
  busy: (groove, { meter }) => ({
    ...groove,
    shaker: groove.shaker ?? written(meter, (at) => at % 2 === 0, "o"),
    hat: groove.hat === undefined ? written(meter, (at) => at % 2 === 0) : written(meter, () => true, "o"),
  }),
};

const rest = (groove: Groove, lanes: readonly DrumLane[]): Groove =>
  Object.fromEntries(Object.entries(groove).filter(([lane]) => !lanes.includes(lane as DrumLane)));

const written = ({ steps }: Meter, isHit: (at: number) => boolean, symbol = "x"): string =>
  Array.from({ length: steps }, (_, at) => (isHit(at) ? symbol : ".")).join("");

const onGroups = ({ groups }: Meter, symbol: string): string =>
  groups.map((size) => symbol + ".".repeat(size - 1)).join("");
