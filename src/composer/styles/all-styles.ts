// Lists every style by its name.

import type { MusicSpec } from "../spec.ts";
import { ambient } from "./ambient.ts";
import { bossa } from "./bossa.ts";
import { chip } from "./chip.ts";
import { cinematic } from "./cinematic.ts";
import * as electronic from "./electronic-family.ts";
import { folk } from "./folk.ts";
import * as groove from "./groove-family.ts";
import { hiphop } from "./hiphop.ts";
import { house } from "./house.ts";
import { jazz } from "./jazz.ts";
import * as latin from "./latin-family.ts";
import { lofi } from "./lofi.ts";
import * as old from "./old-family.ts";
import { piano } from "./piano.ts";
import { rawLoudness } from "./raw-loudness.ts";
import * as rock from "./rock-family.ts";
import type { Style, StyleName } from "./style.ts";
import { synthwave } from "./synthwave.ts";
import { techno } from "./techno.ts";
import { waltz } from "./waltz.ts";

/** The styles of version 1 of the composer. They must not change, because old plans have to sound the same. */
const first = {
  lofi,
  ambient,
  piano,
  house,
  techno,
  jazz,
  bossa,
  cinematic,
  folk,
  chip,
  hiphop,
  synthwave,
  waltz,
};

const later = { ...rock, ...groove, ...electronic, ...latin, ...old };

/**
 * The number of decibels that is added to the measured loudness of each style. As a result, the loudness follower
 * (sound/loudness.ts) amplifies each piece a little less at its beginning. This leaves headroom for short pieces, whose
 * target loudness is higher.
 */
const headroomDb = 1.7;

export const styles: Readonly<Record<StyleName, Style>> = withLoudness({
  ...first,
  ...later,
  jazz: { ...jazz, bass: ["w---w---w---w---", ...jazz.bass] },
  cinematic: { ...cinematic, form: "ramp" },
});

export const styleOf = ({ style, composerVersion }: Pick<MusicSpec, "style" | "composerVersion">): Style =>
  composerVersion === 1 && style in first ? first[style as keyof typeof first] : styles[style];

function withLoudness<Names extends StyleName>(
  defined: Readonly<Record<Names, Omit<Style, "rawLoudness">>>,
): Record<Names, Style> {
  return Object.fromEntries(
    Object.entries<Omit<Style, "rawLoudness">>(defined).map(([name, style]) => [
      name,
      { ...style, rawLoudness: rawLoudness[name as StyleName] + headroomDb },
    ]),
  ) as Record<Names, Style>;
}
