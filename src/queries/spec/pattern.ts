// Matches any pattern of a spec in linear time, with an automaton and without backtracking.
import { RE2JS } from "re2js";

export interface Pattern {
  /** The pattern as written in the spec, in the ECMAScript syntax that JSON Schema uses. */
  readonly source: string;
  /** Returns whether any part of the text matches, as in JSON Schema. */
  test(text: string): boolean;
}

/**
 * The maximum number of automaton steps per character. At this limit, 64 kB of text take a few hundred milliseconds.
 */
const sizeMax = 600;
const sourceMax = 1_000;

/**
 * Returns the pattern. If the pattern is invalid, too large or not supported, or can't be matched in linear time,
 * returns the fault as a message.
 */
export function readPattern(source: string): Pattern | string {
  if (source.length > sourceMax) return `It may have at most ${sourceMax} characters.`;
  try {
    new RegExp(source, "u");
  } catch {
    return "It is not a regular expression.";
  }
  const written = withoutDifferences(source);
  if (written === undefined) return "\\S is not supported inside a class.";
  try {
    const automaton = RE2JS.compile(written);
    if (automaton.programSize() > sizeMax)
      return `It is too large: ${automaton.programSize()} steps, but at most ${sizeMax} are allowed. Limit the length of the text with minLength and maxLength, not with a repetition in the pattern.`;
    return { source, test: (text) => automaton.test(text) };
  } catch (err) {
    return `It can't be matched in linear time, or its syntax is not supported: ${reasonOf(err)}.`;
  }
}

const reasonOf = (err: unknown): string =>
  (err instanceof Error ? err.message : String(err)).replace(/^error parsing regexp: /, "");

const white = String.raw`\t\n\v\f\r \x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff}`;
const lineEnds = String.raw`\n\r\x{2028}\x{2029}`;

/**
 * Rewrites syntax that ECMAScript and the automaton interpret differently: \s, \S, the dot, and
 * properties such as \p{Script=Greek}, which becomes \p{Greek}. Returns undefined for \S inside a
 * class.
 */
function withoutDifferences(source: string): string | undefined {
  let inClass = false;
  let text = "";
  for (const [token] of source.matchAll(/\\p\{[^}]*\}|\\P\{[^}]*\}|\\.|./gs)) {
    if (token === "\\s") text += inClass ? white : `[${white}]`;
    else if (token === "\\S") {
      if (inClass) return undefined;
      text += `[^${white}]`;
    } else if (token === "." && !inClass) text += `[^${lineEnds}]`;
    else if (/^\\p\{/i.test(token)) text += token.replace(/(?:Script|sc|General_Category|gc)=/, "");
    else text += token;
    if (token === "[") inClass = true;
    else if (token === "]") inClass = false;
  }
  return RE2JS.translateRegExp(text);
}
