// Defines the audio intake, which converts the audio of any generator to chunks in Rondo's MP3 format. This file does
// not depend on a specific decoder.

import type { GeneratedChunk } from "./generator.ts";

export type PcmEncoding = "s16le" | "s16be" | "f32le";

export type SourceFormat =
  | { readonly kind: "mp3" | "wav" | "flac" }
  | {
      readonly kind: "pcm";
      readonly encoding: PcmEncoding;
      /** Samples per second of each channel. */
      readonly sampleRate: number;
      readonly channels: number;
    };

export interface IntakeOptions {
  /**
   * The format that the source declares. If undefined, the format is detected from the first bytes. PCM can't be
   * detected.
   */
  readonly format: SourceFormat | undefined;
  /** The wanted length. A longer source is cut to this length. A shorter source is no error. */
  readonly durationMs: number;
  /**
   * How the sound ends if the source is longer than the wanted length:
   * - undefined: the last 2 s of the wanted length are faded out (in a short piece, its last quarter). This part is
   *   held back until it is known whether the source is longer. If the source is not longer, the part is yielded
   *   without the fade.
   * - `true`: the same fade, but nothing is held back. Use it for a source that never ends.
   * - `false`: the sound is cut at the wanted length, with a fade of 10 ms, which prevents a click.
   */
  readonly fade?: boolean;
}

export interface AudioIntake {
  /**
   * Yields the chunks in order while the source arrives: whole MP3 frames (44.1 kHz, 128 kbit/s, stereo) and their
   * peaks. The source is read only as fast as the chunks are read, and is closed when the reader stops. If the source
   * throws an error, throws the same error. After an abort, throws the signal's reason within a second. The chunks
   * before an error are valid. Throws GENERATION_FAILED, with the reason as a sentence, in these cases: the data is not
   * audio, or has another format than declared; a frame is incomplete; the audio is silent, or shorter than a second.
   * Example: `for await (const chunk of intake.take(response.body, { format: formatOf(type), durationMs: 60_000 },
   * signal))`.
   */
  take(
    source: AsyncIterable<Uint8Array>,
    options: IntakeOptions,
    signal: AbortSignal,
  ): AsyncIterable<GeneratedChunk>;
  /** Ends all running calls of `take` with an error. Later calls of `take` throw. A second `close` does nothing. */
  close(): Promise<void>;
}

/**
 * Returns the format of a Content-Type. Returns undefined if the audio intake doesn't support the format, or if a
 * parameter of PCM is missing or out of range. Without the parameter `channels`, PCM has one channel.
 * Example: `formatOf("audio/L16;rate=24000;channels=1")`.
 */
export function formatOf(contentType: string): SourceFormat | undefined {
  const [type = "", ...rest] = contentType.split(";").map((part) => part.trim().toLowerCase());
  const container = containers.get(type);
  if (container !== undefined) return { kind: container };
  const parameters = new Map(rest.map((part) => pairOf(part)));
  const encoding =
    type === "audio/l16" ? "s16be" : type === "audio/pcm" ? parameters.get("encoding") : undefined;
  const sampleRate = Number(parameters.get("rate"));
  const channels = Number(parameters.get("channels") ?? 1);
  if (!isPcmEncoding(encoding) || !isUsablePcm({ sampleRate, channels })) return undefined;
  return { kind: "pcm", encoding, sampleRate, channels };
}

const isUsablePcm = (form: { readonly sampleRate: number; readonly channels: number }): boolean =>
  isWholeNumber(form.sampleRate, 4_000, 384_000) && isWholeNumber(form.channels, 1, 8);

const containers: ReadonlyMap<string, "mp3" | "wav" | "flac"> = new Map([
  ["audio/mpeg", "mp3"],
  ["audio/mp3", "mp3"],
  ["audio/mpeg3", "mp3"],
  ["audio/x-mp3", "mp3"],
  ["audio/x-mpeg", "mp3"],
  ["audio/wav", "wav"],
  ["audio/wave", "wav"],
  ["audio/x-wav", "wav"],
  ["audio/vnd.wave", "wav"],
  ["audio/flac", "flac"],
  ["audio/x-flac", "flac"],
]);

const pairOf = (parameter: string): [string, string] => {
  const [name = "", value = ""] = parameter.split("=");
  return [name.trim(), value.trim().replace(/^"(.*)"$/, "$1")];
};

const isPcmEncoding = (text: string | undefined): text is PcmEncoding =>
  text === "s16le" || text === "s16be" || text === "f32le";

const isWholeNumber = (value: number, min: number, max: number): boolean =>
  Number.isInteger(value) && value >= min && value <= max;
