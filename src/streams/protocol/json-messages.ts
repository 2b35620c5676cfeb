// Splits a body into messages, and joins messages to an array, as in the JSON mode of the Durable Streams protocol.
// The JSON text of a message is not changed.
import { AppError } from "../../errors.ts";

const decoder = new TextDecoder("utf-8", { fatal: true });
const encoder = new TextEncoder();

export const isJsonType = (contentType: string): boolean =>
  /^application\/json\s*(;|$)/i.test(contentType.trimStart());

/** The maximum depth of nesting. JSON in practice is far less deep, and parsers are slow with deeper JSON. */
const depthMax = 128;

/** Splits a body like `splitMessages`, but on another thread, so that other work is not blocked. */
export type SplitMessages = (body: Uint8Array, messagesMax: number) => Promise<readonly Uint8Array[]>;

/**
 * Splits a body into messages. Each element of an array is one message, so an empty array has no messages. Any other
 * value is one message. Numbers keep all their digits. Errors: INVALID_BODY if the body is not valid JSON in UTF-8 or
 * is nested too deeply; BODY_TOO_LARGE if an array has more than `messagesMax` elements.
 */
export function splitMessages(body: Uint8Array, messagesMax: number): Uint8Array[] {
  const text = parsedText(body).trim();
  if (!text.startsWith("[")) return [encoder.encode(text)];
  const messages: Uint8Array[] = [];
  for (const element of elementsOf(text)) {
    if (messages.length >= messagesMax) {
      throw new AppError("BODY_TOO_LARGE", `An append takes at most ${messagesMax} messages.`, {
        hint: "Send them in several appends.",
      });
    }
    messages.push(encoder.encode(element));
  }
  return messages;
}

/** Returns a JSON array of the messages. Each message must be valid JSON, which is not checked. */
export function joinMessages(messages: readonly Uint8Array[]): Uint8Array {
  let size = 2 + Math.max(0, messages.length - 1);
  for (const message of messages) size += message.byteLength;
  const joined = new Uint8Array(size);
  joined[0] = 0x5b;
  let at = 1;
  for (const message of messages) {
    if (at > 1) joined[at++] = 0x2c;
    joined.set(message, at);
    at += message.byteLength;
  }
  joined[at] = 0x5d;
  return joined;
}

/** Returns the body as a string. Throws INVALID_BODY if the body is not valid JSON in UTF-8, or too deep. */
function parsedText(body: Uint8Array): string {
  try {
    const text = decoder.decode(body);
    if (!isTooDeep(text)) {
      JSON.parse(text);
      return text;
    }
  } catch (err) {
    throw new AppError("INVALID_BODY", "The body is not JSON.", { cause: err });
  }
  throw new AppError("INVALID_BODY", `The body is nested deeper than ${depthMax} levels.`);
}

/** Checks the depth before the body is parsed, so `text` can be invalid JSON. */
function isTooDeep(text: string): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === quote) at = stringEnd(text, at);
    else if (code === 0x5b || code === 0x7b) {
      if (++depth > depthMax) return true;
    } else if (code === 0x5d || code === 0x7d) depth--;
  }
  return false;
}

const quote = 0x22;
const backslash = 0x5c;

/**
 * Returns the index of the quote that ends the string that starts at `start`. If the string doesn't end, returns the
 * length of the text.
 */
function stringEnd(text: string, start: number): number {
  for (let at = start + 1; ; at++) {
    at = text.indexOf('"', at);
    if (at === -1) return text.length;
    let slashes = 0;
    while (text.charCodeAt(at - 1 - slashes) === backslash) slashes++;
    if (slashes % 2 === 0) return at;
  }
}

/** Yields the JSON text of each element of an array. The array must be valid JSON. */
function* elementsOf(array: string): Generator<string> {
  let depth = 0;
  let from = 1;
  for (let i = 1; i < array.length; i++) {
    switch (array[i]) {
      case '"':
        for (i++; array[i] !== '"'; i++) if (array[i] === "\\") i++;
        break;
      case "[":
      case "{":
        depth++;
        break;
      case "}":
        depth--;
        break;
      case ",":
        if (depth === 0) {
          yield array.slice(from, i).trim();
          from = i + 1;
        }
        break;
      case "]":
        if (depth > 0) {
          depth--;
          break;
        }
        {
          const last = array.slice(from, i).trim();
          if (last !== "") yield last;
        }
        return;
    }
  }
}
