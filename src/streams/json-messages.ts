// JSON mode of the Durable Streams protocol: a body becomes messages, messages become an array; their text is never rewritten.
import { AppError } from "../errors.ts";

const decoder = new TextDecoder("utf-8", { fatal: true });
const encoder = new TextEncoder();

export const isJsonType = (contentType: string): boolean =>
  /^application\/json\s*(;|$)/i.test(contentType.trimStart());

/** One message for a value; one for each element of an array. Numbers keep every digit. */
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

/** The text of a body that is JSON. */
function parsedText(body: Uint8Array): string {
  try {
    const text = decoder.decode(body);
    JSON.parse(text);
    return text;
  } catch (err) {
    throw new AppError("INVALID_BODY", "The body is not JSON.", { cause: err });
  }
}

/** The source text of each element of an array that is known to be well-formed. */
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
