// Defines the audio intake, which turns the audio of any generator into chunks of Rondo's one MP3 form. This file names no decoder.

import type { GeneratedChunk } from "./generator.ts";

export type PcmEncoding = "s16le" | "s16be" | "f32le";

export type SourceFormat =
  | { readonly kind: "mp3" | "wav" | "flac" }
  | {
      readonly kind: "pcm";
      readonly encoding: PcmEncoding;
      /** Samples a second of each channel. */
      readonly sampleRate: number;
      readonly channels: number;
    };

export interface IntakeOptions {
  /** The format that the source declares. Undefined: the first bytes decide, which is not possible for PCM. */
  readonly format: SourceFormat | undefined;
  /** The wanted length, at which a longer source is cut. A shorter source is no error. */
  readonly durationMs: number;
  /**
   * The end of a longer source: by default a fade of up to 2 s. These last seconds are withheld until the source
   * is known to be longer. `true`: the source is known to be longer (it never ends), so nothing is withheld.
   * `false`: the source fades by itself, so it is cut at the wanted length.
   */
  readonly fade?: boolean;
}

export interface AudioIntake {
  /**
   * The chunks in order, as the source comes: whole MP3 frames (44.1 kHz, 128 kbit/s, stereo) and their peaks. The
   * source is read only as fast as the chunks are, and left when the reader leaves. Throws GENERATION_FAILED with the
   * reason as a sentence (garbage, half a frame, another format than declared, only silence, less than a second of sound),
   * the source's own error, or after an abort, within a second, the signal's reason; the chunks before the error are valid. Example:
   * `for await (const chunk of intake.take(response.body, { format: formatOf(type), durationMs: 60_000 }, signal))`.
   */
  take(
    source: AsyncIterable<Uint8Array>,
    options: IntakeOptions,
    signal: AbortSignal,
  ): AsyncIterable<GeneratedChunk>;
  /** Fails the running intakes. May be called twice. */
  close(): Promise<void>;
}

/**
 * Returns the format that a Content-Type names; undefined for a format that can't be read. Example:
 * `formatOf("audio/L16;rate=24000;channels=1")`.
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
