// Replaces the placeholders of a translated sentence, such as `{command}`, by elements, such as `<code>`.
import type { JSX } from "solid-js";

/**
 * `said("Run {command}.", { command: () => <code>…</code> })` returns the text with the element for `{command}`. A
 * placeholder that is not in `parts` is left out.
 */
export const said = (text: string, parts: Readonly<Record<string, () => JSX.Element>>): JSX.Element =>
  text.split(/\{(\w+)\}/).map((piece, index) => (index % 2 === 0 ? piece : parts[piece]?.()));
