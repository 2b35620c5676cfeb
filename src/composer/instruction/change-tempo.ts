// Handles "faster", "20% slower", "96 bpm", "double time", "slower intro", "in 3/4".

import { fitForm } from "../score/form/form.ts";
import { timingOf } from "../score/time/timing.ts";
import { type MusicSpec, durationSecondsMax, durationSecondsMin, sampleRate } from "../spec.ts";
import { clampBpm } from "../prompt/plan-tempo.ts";
import { say } from "./change-phrases.ts";
import { changedPlace, degreeOf, type Rule } from "./rule.ts";
import { nameOfPlace } from "./find-place.ts";

export const changeTempo: Rule = (spec, clause) => {
  const { text, reading, where } = clause;
  if (/ (?:keep|same|stay|stays|leave) .*(?:slow|fast|tempo|speed) /.test(text))
    return { changed: {}, said: [say("the same tempo")] };
  const exact = reading.wishes.find((wish) => wish.kind === "bpm");
  const factor = factorOf(text);
  if (exact === undefined && factor === undefined) return undefined;
  if (where !== undefined) {
    if (factor === undefined || !scoped.has(where.at)) return undefined;
    const introBars = where.at === "intro" && spec.form.introBars === 0 ? 2 : spec.form.introBars;
    return {
      changed: {
        ...changedPlace(spec, clause, { pace: Math.min(2, Math.max(0.5, factor)) }),
        form: { ...spec.form, introBars },
      },
      said: [say(factor < 1 ? "slower {place}" : "faster {place}", { place: nameOfPlace(where) })],
    };
  }
  const wanted = exact?.kind === "bpm" ? exact.bpm : spec.bpm * (factor ?? 1);
  const bpm = Math.round(clampBpm(wanted) * 1000) / 1000;
  const isKept = bpm === spec.bpm;
  const change = say(isKept ? "already at {n} bpm" : "tempo {n} bpm", { n: Math.round(bpm) });
  const isWithinLimits = Math.abs(bpm - wanted) < 0.01;
  return {
    changed: isKept ? {} : { bpm, ...keptBars(spec, bpm) },
    said: [
      isWithinLimits
        ? change
        : say(bpm > 100 ? "{change}, the fastest" : "{change}, the slowest", { change }),
    ],
  };
};

const scoped = new Set(["intro", "outro", "end", "second half"]);

/**
 * Returns the length of the piece with the same number of bars at the new tempo. The last chord rings for the same time
 * as before. A length beyond a limit is replaced by the limit.
 */
const keptBars = (spec: MusicSpec, bpm: number): Partial<MusicSpec> => {
  const { ringStart, samples } = timingOf(spec);
  const ring = (samples - ringStart) / sampleRate;
  const seconds = (ringStart / sampleRate) * (spec.bpm / bpm) + ring;
  const durationSeconds =
    Math.round(Math.min(durationSecondsMax, Math.max(durationSecondsMin, seconds)) * 1000) / 1000;
  return { durationSeconds };
};

const factorOf = (text: string): number | undefined => {
  if (
    / (?:double time|double tempo|twice as fast|double speed|double the tempo|double the speed|doppelt so schnell) /.test(
      text,
    )
  )
    return 2;
  if (/ (?:half tempo|half as fast|half speed|halve the tempo|half the tempo|halb so schnell) /.test(text))
    return 0.5;
  const isFaster =
    / (?:faster|quicker|speed up|speed it up|speed|up tempo|uptempo|schneller|plus vite|plus rapide|mas rapido|mas rapida|accelerate|piu veloce|mais rapido|too slow|fast|быстрее|اسرع) /.test(
      text,
    );
  const isSlower =
    / (?:slower|slow down|slow it down|slow|langsamer|plus lent|plus lentement|mas lento|mas despacio|piu lento|mais lento|too fast|медленнее|ابطا) /.test(
      text,
    );
  if (isFaster && / too fast /.test(text)) return 1 - 0.12 * degreeOf(text);
  if (isSlower && / too slow /.test(text)) return 1 + 0.12 * degreeOf(text);
  if (!isFaster && !isSlower) return undefined;
  const percent = / (\d{1,3}(?:\.\d+)?) ?(?:%|percent|prozent)/.exec(text)?.[1];
  const share = percent === undefined ? 0.12 * degreeOf(text) : Number(percent) / 100;
  return isFaster ? 1 + share : 1 - Math.min(0.9, share);
};

export const changeMeter: Rule = (spec, { reading, where }) => {
  const wish = reading.wishes.find((one) => one.kind === "meter");
  if (wish?.kind !== "meter" || wish.meter === undefined || where !== undefined) return undefined;
  if (wish.meter === spec.meter)
    return { changed: {}, said: [say("already in {meter}", { meter: wish.meter })] };
  const changed = { ...spec, meter: wish.meter };
  const { introBars, sectionBars } = fitForm("song", timingOf(changed).bars);
  return {
    changed: { meter: wish.meter, form: { ...spec.form, introBars, sectionBars } },
    said: [say("in {meter}", { meter: wish.meter })],
  };
};
