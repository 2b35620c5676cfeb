// Finds the place of a syntax error in JSON text, because the JavaScript engine's message does not contain it.

export interface SyntaxFault {
  /** The number of the line, from 1. */
  readonly line: number;
  /** The number of the character within the line, from 1. */
  readonly column: number;
}

type Expected = "value" | "value or ]" | "key" | "key or }" | "colon" | "comma or end" | "nothing";

const token =
  /[ \t\r\n]+|"(?:[^"\\]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null|[{}[\],:]/y;

/** Returns the place of the first token that can't stand there; undefined if the text is valid JSON. */
export function syntaxFaultOf(text: string): SyntaxFault | undefined {
  const open: ("{" | "[")[] = [];
  let expected: Expected = "value";
  let at = 0;
  while (at < text.length) {
    token.lastIndex = at;
    const found = token.exec(text)?.[0];
    if (found === undefined) return placeOf(text, at);
    // A string must not contain control characters, such as the end of a line.
    const control = found.startsWith('"') ? found.split("").findIndex((character) => character < " ") : -1;
    if (control !== -1) return placeOf(text, at + control);
    if (found.trim() !== "") {
      const next = after(found, expected, open);
      if (next === undefined) return placeOf(text, at);
      expected = next;
    }
    at += found.length;
  }
  return expected === "nothing" ? undefined : placeOf(text, at);
}

/**
 * Returns what is expected after the token; undefined if the token can't stand here. Updates `open`, the list of the
 * objects and arrays that are not closed yet.
 */
function after(found: string, expected: Expected, open: ("{" | "[")[]): Expected | undefined {
  const afterValue = (): Expected => (open.length > 0 ? "comma or end" : "nothing");
  const isValue = expected === "value" || expected === "value or ]";
  switch (found) {
    case "{":
    case "[":
      if (!isValue) return undefined;
      open.push(found);
      return found === "{" ? "key or }" : "value or ]";
    case "}":
    case "]": {
      const isEmpty = expected === (found === "}" ? "key or }" : "value or ]");
      if (!isEmpty && expected !== "comma or end") return undefined;
      if (open.pop() !== (found === "}" ? "{" : "[")) return undefined;
      return afterValue();
    }
    case ",":
      if (expected !== "comma or end") return undefined;
      return open.at(-1) === "{" ? "key" : "value";
    case ":":
      return expected === "colon" ? "value" : undefined;
    default:
      if (expected === "key" || expected === "key or }") return found.startsWith('"') ? "colon" : undefined;
      return isValue ? afterValue() : undefined;
  }
}

function placeOf(text: string, at: number): SyntaxFault {
  const before = text.slice(0, at).split("\n");
  return { line: before.length, column: before.at(-1)!.length + 1 };
}
