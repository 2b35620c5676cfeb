// Puts elements, such as code, into the places of a translated sentence.
import type { JSX } from "solid-js";

/** `said("Run {command}.", { command: () => <code>…</code> })` returns the text with the element in its place. */
export const said = (text: string, parts: Readonly<Record<string, () => JSX.Element>>): JSX.Element =>
  text.split(/\{(\w+)\}/).map((piece, index) => (index % 2 === 0 ? piece : parts[piece]?.()));
