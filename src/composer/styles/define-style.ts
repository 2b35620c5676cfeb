// Adds the usual values to a style, so that the file of a style contains only what differs from them.

import { fitPattern, type MeterName } from "../score/time/meter.ts";
import type { DrumBook, Groove, Style } from "./style.ts";

type Usual = Pick<
  Style,
  | "meter"
  | "swing"
  | "swingUnit"
  | "loosenessMs"
  | "brightness"
  | "form"
  | "kits"
  | "arpeggio"
  | "textures"
  | "mix"
  | "ducking"
>;

export type StyleWishes = Omit<Style, keyof Usual | "drums" | "players" | "rawLoudness"> &
  Partial<Usual> & {
    readonly drums?: Pick<DrumBook, "groove"> & Partial<DrumBook>;
    readonly players: Pick<Style["players"], "chords" | "bass" | "lead"> & Partial<Style["players"]>;
  };

export const defineStyle = ({ drums, players, ...wishes }: StyleWishes): Omit<Style, "rawLoudness"> => ({
  meter: "4/4",
  swing: 0,
  swingUnit: "eighth",
  loosenessMs: 7,
  brightness: 0.75,
  form: "song",
  kits: ["standard"],
  arpeggio: [fitPattern("1-2-3-4-3-2-3-2-", "4/4", wishes.meter ?? "4/4")],
  textures: {},
  mix: {},
  ducking: 0,
  ...wishes,
  players: { pad: [null], arp: [null], counter: [null], ...players },
  drums: drumsOf(drums, wishes.meter ?? "4/4"),
});

const drumsOf = (drums: StyleWishes["drums"], meter: MeterName): DrumBook => {
  const plain = { kick: "x.......x.......", snare: "....x.......x...", hat: "x.x.x.x.x.x.x.x." };
  const usual = Object.fromEntries(
    Object.entries(plain).map(([lane, pattern]) => [lane, fitPattern(pattern, "4/4", meter)]),
  );
  const groove: readonly Groove[] = drums?.groove ?? [usual];
  const [first = {}] = groove;
  return {
    groove,
    lift: drums?.lift ?? groove.map(louder),
    sparse: drums?.sparse ?? [thinned(first)],
    fill: drums?.fill ?? [filled(first)],
  };
};

const louder = (groove: Groove): Groove => ({
  ...Object.fromEntries(
    Object.entries(groove).map(([lane, pattern]) => [
      lane,
      pattern.replaceAll("x", "X").replaceAll("o", "x"),
    ]),
  ),
  ...(groove.hat === undefined ? {} : { hat: groove.hat.replaceAll("X", "x") }),
});

/** Returns the groove with only its lightest drum. */
const thinned = (groove: Groove): Groove => {
  const kept = (
    ["shaker", "hat", "ride", "maracas", "guiro", "claves", "tambourine", "conga", "rim", "lowTom"] as const
  ).find((lane) => groove[lane] !== undefined);
  return kept === undefined ? {} : { [kept]: groove[kept] };
};

/** Returns a fill: the groove up to the last beat, then the snare and toms. */
const filled = (groove: Groove): Groove => {
  const length = Object.values(groove)[0]?.length ?? 16;
  const until = length - 4;
  const cut = Object.fromEntries(
    Object.entries(groove).map(([lane, pattern]) => [
      lane,
      pattern.slice(0, until) + "....".slice(0, length - until),
    ]),
  );
  const rest = ".".repeat(until);
  return { ...cut, snare: `${rest}xx..`, highTom: `${rest}..x.`, lowTom: `${rest}...X` };
};
