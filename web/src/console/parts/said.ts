// Puts elements, such as `<code>`, into a translated sentence instead of its placeholders, such as `{command}`.
import type { JSX } from "solid-js";

/** `said("Run {command}.", { command: () => <code>…</code> })` returns the text with the element for `{command}`. */
export const said = (text: string, parts: Readonly<Record<string, () => JSX.Element>>): JSX.Element =>
  text.split(/\{(\w+)\}/).map((piece, index) => (index % 2 === 0 ? piece : parts[piece]?.()));
