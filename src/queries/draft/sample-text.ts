// Generates a string that matches the pattern of a parameter, to test a drafted query.
import type { Pattern } from "../spec/pattern.ts";

interface Bounds {
  readonly minLength: number;
  readonly maxLength: number;
}

/**
 * Returns a string that matches the pattern and has an allowed length in characters. Returns undefined if none of the
 * strings that the function tries is suitable. This does not mean that the pattern is wrong.
 */
export function sampleText(pattern: Pattern, { minLength, maxLength }: Bounds): string | undefined {
  const made = fillers.flatMap((filler) =>
    [0, minLength].map((least) => textOf(pattern.source, filler, least)),
  );
  const fits = (text: string) =>
    [...text].length >= minLength && [...text].length <= maxLength && pattern.test(text);
  return [...familiar, ...made].find(fits);
}

const familiar = [
  "some text",
  "a",
  "A",
  "1",
  "abc",
  "ABC",
  "2026-01-02",
  "a@example.com",
  "#aabbcc",
  "de",
  "12:30",
];
const fillers = ["a", "1", "A", " ", "-"];

/**
 * Returns one string that probably matches the pattern; the caller has to test it. The string is made in this way:
 * - Of each choice (`a|b`), the first branch is used.
 * - A part with "?" is left out.
 * - A part with another quantifier is repeated `least` times, or the nearest number of times that the pattern allows.
 *
 * Returns "" if the pattern can't be read.
 */
function textOf(source: string, filler: string, least: number): string {
  let at = 0;

  function choice(): string {
    const first = sequence();
    while (source[at] === "|") {
      at += 1;
      sequence();
    }
    return first;
  }
  function sequence(): string {
    let text = "";
    while (at < source.length && source[at] !== "|" && source[at] !== ")") {
      const one = atom();
      text += one.repeat(one === "" ? 0 : times());
      if (one === "") times();
    }
    return text;
  }
  function atom(): string {
    const char = source[at++]!;
    if (char === "^" || char === "$") return "";
    if (char === ".") return filler;
    if (char === "(") {
      at += /^\?(?::|<\w+>)/.exec(source.slice(at))?.[0].length ?? 0;
      const text = choice();
      at += 1;
      return text;
    }
    if (char === "[") return oneOf(classAt());
    return char === "\\" ? oneOf(escapeAt()) : char;
  }
  function classAt(): string {
    const start = at - 1;
    for (; at < source.length && source[at] !== "]"; at += 1) if (source[at] === "\\") at += 1;
    at += 1;
    return source.slice(start, at);
  }
  function escapeAt(): string {
    const found = /^(?:[pPu]\{[^}]*\}|u[\da-f]{4}|x[\da-f]{2}|.)/is.exec(source.slice(at))?.[0] ?? "";
    at += found.length;
    return `\\${found}`;
  }
  function times(): number {
    const found = /^(?:[*+?]|\{(\d+)(?:,(\d*))?\})\??/.exec(source.slice(at));
    if (found === null) return 1;
    at += found[0].length;
    const [whole, from, to] = found;
    if (from === undefined) return whole.startsWith("?") ? 0 : Math.max(least, whole.startsWith("+") ? 1 : 0);
    return Math.min(
      Math.max(Number(from), least),
      to === undefined ? Number(from) : Number(to || 1_000),
      1_000,
    );
  }
  /**
   * Returns a character that the class or escape matches: the filler if possible, otherwise the first matching
   * character of `printable`.
   */
  function oneOf(written: string): string {
    const matches = new RegExp(`^${written}$`, "u");
    if (matches.test(filler)) return filler;
    return printable.find((char) => matches.test(char)) ?? filler;
  }

  try {
    return choice();
  } catch {
    return "";
  }
}

const printable = [..."abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.: /@#+,;\t\näΩж日"];
