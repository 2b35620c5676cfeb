// Lists the differences between the plans of two versions, such as "81 → 91 bpm" and "− drums". A field that only one
// of the plans has is not listed.
import type { PlanWords } from "../api/wire.ts";
import { music } from "../i18n/music.ts";
import { t } from "../i18n/translate.ts";

export function differenceOf(from: PlanWords, to: PlanWords): string[] {
  const changed = (one: string | undefined, other: string | undefined) =>
    one && other && one !== other ? [t("{from} → {to}", { from: music(one), to: music(other) })] : [];
  const [before, after] = [from, to].map(({ bpm = 0 }) => Math.round(bpm));
  return [
    ...changed(from.style, to.style),
    ...(before && after && before !== after
      ? [t("{n} bpm", { n: t("{from} → {to}", { from: before, to: after }) })]
      : []),
    ...changed(from.key, to.key),
    ...changed(from.meter, to.meter),
    ...(["instruments", "textures"] as const).flatMap((kind) => {
      const [before, after] = [from[kind], to[kind]];
      if (!before || !after) return [];
      return [
        ...before.filter((one) => !after.includes(one)).map((one) => `− ${music(one)}`),
        ...after.filter((one) => !before.includes(one)).map((one) => `+ ${music(one)}`),
      ];
    }),
  ];
}
