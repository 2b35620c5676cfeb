// Parses the messages that Lyria RealTime sends. Each message is JSON with one field, in a text or binary WebSocket
// frame.
import { FarError } from "../remote/far-error.ts";

export type ServerMessage =
  | { readonly kind: "ready" | "other" }
  | { readonly kind: "filtered"; readonly reason: string }
  | { readonly kind: "sound"; readonly parts: readonly Buffer[] };

export const sampleRate = 48_000;
/** An audio frame has one signed 16-bit little-endian number for each of the two channels. */
export const bytesPerFrame = 4;
export const bytesPerSecond = sampleRate * bytesPerFrame;

type Json = Readonly<Record<string, unknown>>;

/**
 * Throws GENERATION_FAILED for data that is not JSON, and for audio that declares another rate than
 * 48 kHz or another number of channels than 2. Audio that declares neither is accepted.
 */
export function parseMessage(data: string | ArrayBuffer): ServerMessage {
  const text = typeof data === "string" ? data : new TextDecoder().decode(data);
  const message = parse(text);
  if (message.setupComplete !== undefined) return { kind: "ready" };
  const { filteredReason } = recordOf(message.filteredPrompt);
  if (message.filteredPrompt !== undefined)
    return { kind: "filtered", reason: typeof filteredReason === "string" ? filteredReason : "" };
  const { audioChunks } = recordOf(message.serverContent);
  return Array.isArray(audioChunks)
    ? { kind: "sound", parts: audioChunks.map((chunk) => soundIn(recordOf(chunk))) }
    : { kind: "other" };
}

function parse(text: string): Json {
  try {
    return recordOf(JSON.parse(text));
  } catch (cause) {
    throw new FarError("GENERATION_FAILED", "The generator sent a message that is not JSON.", { cause });
  }
}

function soundIn({ data, mimeType }: Json): Buffer {
  const rate = /rate=(\d+)/.exec(String(mimeType ?? ""))?.[1];
  const channels = /channels=(\d+)/.exec(String(mimeType ?? ""))?.[1];
  if ((rate !== undefined && Number(rate) !== sampleRate) || (channels !== undefined && channels !== "2")) {
    throw new FarError("GENERATION_FAILED", "The generator sent audio that is not 48 kHz stereo.", {
      hint: "Rondo reads the format that Lyria RealTime documents.",
    });
  }
  return Buffer.from(typeof data === "string" ? data : "", "base64");
}

const recordOf = (value: unknown): Json =>
  typeof value === "object" && value !== null ? (value as Json) : {};
