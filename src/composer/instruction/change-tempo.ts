// Handles "faster", "20% slower", "96 bpm", "double time".

import { clampBpm } from "../prompt/parse-tempo.ts";
import { degreeOf, type Rule } from "./rule.ts";

export const changeTempo: Rule = (spec, { text }) => {
  const factor = factorOf(text);
  const exact = / (\d{2,3}(?:\.\d+)?) ?bpm /.exec(text)?.[1];
  if (exact === undefined && factor === undefined) return undefined;
  const wanted = exact === undefined ? spec.bpm * (factor ?? 1) : Number(exact);
  const bpm = Math.round(clampBpm(wanted) * 1000) / 1000;
  return { changed: { bpm }, said: [`tempo ${Math.round(bpm)} bpm`] };
};

const factorOf = (text: string): number | undefined => {
  if (/ (?:double time|double tempo|twice as fast|double speed|double the tempo) /.test(text)) return 2;
  if (/ (?:half time|half tempo|half as fast|half speed|halve the tempo) /.test(text)) return 0.5;
  const isFaster =
    / (?:faster|quicker|speed up|speed|up tempo|uptempo|schneller|plus vite|plus rapide|mas rapido|accelerate) /.test(
      text,
    );
  const isSlower = / (?:slower|slow down|slow|langsamer|plus lent|mas lento|mas despacio) /.test(text);
  if (!isFaster && !isSlower) return undefined;
  const percent = / (\d{1,3}(?:\.\d+)?) ?(?:%|percent|prozent) ?/.exec(text)?.[1];
  const share = percent === undefined ? 0.12 * degreeOf(text) : Math.min(90, Number(percent)) / 100;
  return isFaster ? 1 + share : 1 - share;
};
