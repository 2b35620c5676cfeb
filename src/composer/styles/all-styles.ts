// Every style by its name.

import { ambient } from "./ambient.ts";
import { bossa } from "./bossa.ts";
import { chip } from "./chip.ts";
import { cinematic } from "./cinematic.ts";
import { folk } from "./folk.ts";
import { hiphop } from "./hiphop.ts";
import { house } from "./house.ts";
import { jazz } from "./jazz.ts";
import { lofi } from "./lofi.ts";
import { piano } from "./piano.ts";
import type { Style, StyleName } from "./style.ts";
import { synthwave } from "./synthwave.ts";
import { techno } from "./techno.ts";
import { waltz } from "./waltz.ts";

export const styles: Readonly<Record<StyleName, Style>> = {
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
