// Lists what differs between the plans of two versions, such as "81 → 91 bpm" and "− drums".
import type { PlanWords } from "../api/wire.ts";

export function differenceOf(from: PlanWords, to: PlanWords): string[] {
  const changed = (one: string | undefined, other: string | undefined, unit = "") =>
    one && other && one !== other ? [`${one} → ${other}${unit}`] : [];
  const beats = ({ bpm }: PlanWords) => (bpm === undefined ? undefined : String(Math.round(bpm)));
  return [
    ...changed(from.style, to.style),
    ...changed(beats(from), beats(to), " bpm"),
    ...changed(from.key, to.key),
    ...changed(from.meter, to.meter),
    ...(["instruments", "textures"] as const).flatMap((kind) => {
      const [before, after] = [from[kind], to[kind]];
      if (!before || !after) return [];
      return [
        ...before.filter((one) => !after.includes(one)).map((one) => `− ${one}`),
        ...after.filter((one) => !before.includes(one)).map((one) => `+ ${one}`),
      ];
    }),
  ];
}
