// Finds the JSON in a model's answer. The JSON can be the whole answer, follow the model's reasoning, or be in a
// Markdown fence. The JSON can also stand between sentences. In this case, the JSON has to be an object, and the
// sentences must not contain braces.

/** Throws SyntaxError if no JSON is found. The running time is almost linear in the length of the text. */
export function jsonInAnswer(content: string): unknown {
  const thoughts = content.lastIndexOf(thoughtEnd);
  const whole = thoughts === -1 ? content : content.slice(thoughts + thoughtEnd.length);
  for (const text of [whole, ...fencedIn(whole), betweenBraces(whole)]) {
    const value = parsed(text);
    if (value !== undefined) return value;
  }
  throw new SyntaxError("The answer contains no JSON that can be read.");
}

const thoughtEnd = "</think>";
const fence = "```";

/**
 * Returns the contents of the three longest fences. The longest is first, because a shorter fence possibly contains
 * only a small part of the JSON.
 */
const fencedIn = (text: string): readonly string[] =>
  text
    .split(fence)
    .filter((_, at) => at % 2 === 1)
    .map((part) => part.replace(/^\w*[^\S\n]*\n/, ""))
    .sort((one, other) => other.length - one.length)
    .slice(0, 3);

const betweenBraces = (text: string): string => text.slice(text.indexOf("{"), text.lastIndexOf("}") + 1);

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
