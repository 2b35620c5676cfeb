// The loudness of each style's unmastered mix in LUFS, measured over seeds; the loudness follower
// starts from it.

import type { StyleName } from "./style.ts";

export const rawLoudness: Readonly<Partial<Record<StyleName, number>>> = {};
