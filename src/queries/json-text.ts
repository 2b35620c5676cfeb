// Parses JSON that came out of a database, and keeps integers that a double cannot hold.

const longDigits = /\d{16}/;

export function parseStoredJson(text: string): unknown {
  return longDigits.test(text) ? (JSON.parse(text, keepDigits as never) as unknown) : JSON.parse(text);
}

/** The source of the number goes back into the answer as it is. */
const keepDigits = (_key: string, value: unknown, context: { readonly source?: string }): unknown =>
  typeof value === "number" &&
  context.source !== undefined &&
  /^-?\d{16,}$/.test(context.source) &&
  !Number.isSafeInteger(value)
    ? rawJson(context.source)
    : value;

const { rawJSON } = JSON as unknown as { readonly rawJSON: (text: string) => unknown };
const rawJson = (digits: string): unknown => rawJSON(digits);
