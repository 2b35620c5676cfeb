// Reads the message, the hint and the codes from the body of an error, in the formats that generators use.

export interface ErrorBody {
  /** A text to display, in one line of at most 301 characters: 300 and a full stop. */
  readonly message: string | undefined;
  readonly hint: string | undefined;
  /**
   * The error codes and error types that were found, and the texts of fields that can contain a
   * message. They can contain secrets, so compare them with known codes, and do not display them.
   */
  readonly codes: readonly string[];
}

const charactersMax = 300;

/**
 * Returns the message, the hint and the codes of a body. In the message and the hint, each secret
 * is replaced by "…". In a body that is not JSON, for example an HTML page, nothing is found: the
 * message and the hint are undefined, and `codes` is empty.
 */
export function messageOf(body: string, secrets: readonly string[] = []): ErrorBody {
  const found = search(parse(body));
  const clean = (text: string | undefined) => (text === undefined ? undefined : cleaned(text, secrets));
  return { message: clean(found.message), hint: clean(found.hint), codes: found.codes };
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

const messageKeys = ["message", "msg", "error_message", "status_msg", "detail", "error", "errors"];
const hintKeys = ["hint", "suggestion", "prompt_suggestion"];
const codeKeys = ["code", "status", "status_code", "type", "name", "blockReason"];

/**
 * Searches the fields in the order of `messageKeys`, then `data` and `base_resp`, up to five levels
 * deep. In a list, only the first item is searched.
 */
function search(value: unknown, depth = 0): ErrorBody {
  if (depth > 5) return nothing;
  if (Array.isArray(value)) return search(value[0], depth + 1);
  if (typeof value !== "object" || value === null) {
    return typeof value === "string" && depth > 0 && value.trim() !== ""
      ? { message: value, hint: undefined, codes: [value] }
      : nothing;
  }
  const record = value as Readonly<Record<string, unknown>>;
  const codes = codeKeys
    .map((key) => record[key])
    .filter((code) => typeof code === "string" || typeof code === "number")
    .map(String);
  const inside = [...messageKeys, "data", "base_resp"].map((key) => search(record[key], depth + 1));
  const hints = hintKeys
    .map((key) => record[key])
    .filter((hint): hint is string => typeof hint === "string" && hint.trim() !== "");
  return {
    message: inside.find(({ message }) => message !== undefined)?.message,
    hint: hints[0] ?? inside.find(({ hint }) => hint !== undefined)?.hint,
    codes: [...codes, ...inside.flatMap((one) => one.codes)],
  };
}

const nothing: ErrorBody = { message: undefined, hint: undefined, codes: [] };

/**
 * Returns the text as one line without control characters and without the secrets, shortened to 300
 * characters. If the line does not end with ".", "!", "?" or "…", a full stop is added.
 */
function cleaned(text: string, secrets: readonly string[]): string {
  const hidden = secrets.reduce(
    (rest, secret) => (secret === "" ? rest : rest.replaceAll(secret, "…")),
    text,
  );
  const line = hidden.replace(/[\s\p{Cc}]+/gu, " ").trim();
  const characters = [...line];
  const short =
    characters.length > charactersMax ? `${characters.slice(0, charactersMax - 1).join("")}…` : line;
  return /[.!?…]$/.test(short) ? short : `${short}.`;
}
