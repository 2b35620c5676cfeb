// Chooses the format of a generator's audio (the source) by its declared type and its first bytes.

import type { SourceFormat } from "../../ports/generator/audio-intake.ts";
import { failed } from "../failed.ts";
import { textAt } from "./bytes.ts";

/** The number of first bytes that is enough to recognise every format. */
export const firstBytesNeeded = 64;

/**
 * `said` is the format that the source declares; undefined if the source declares none. `first` are
 * the first bytes of the source: `firstBytesNeeded` bytes, or all bytes of a shorter source. Throws
 * GENERATION_FAILED in these cases:
 * - `first` is empty.
 * - `first` doesn't fit the declared format.
 * - No format is declared, and the format of `first` is unknown or can't be read. This includes PCM,
 *   which has no recognisable bytes.
 */
export function chooseFormat(said: SourceFormat | undefined, first: Uint8Array): SourceFormat {
  if (first.length === 0) throw failed("The source is empty.", whatToSend);
  const found = recognise(first);
  if (said === undefined) {
    const kind = readableOf(found);
    if (kind !== undefined) return { kind };
    throw failed(
      `The source ${found === undefined ? "is of an unknown format" : `is ${found}`}.`,
      whatToSend,
    );
  }
  // The declared format is accepted in two doubtful cases: PCM samples that by chance begin like an MP3 or AAC file,
  // and MP3 data whose damaged beginning is not recognised.
  const mayBe =
    said.kind === "pcm" ? found === "MP3" || found === "AAC" : said.kind === "mp3" && found === undefined;
  if (found === undefined && said.kind === "pcm") return said;
  if (mayBe || (found !== undefined && readableOf(found) === said.kind)) return said;
  throw failed(
    `The source says that it is ${namesOf[said.kind]}, but it is ${found ?? "something else"}.`,
    "The generator has to send the Content-Type of its audio.",
  );
}

const whatToSend =
  "The generator has to send MP3, WAV or FLAC, or PCM with the rate, the channels and the encoding in its Content-Type.";

const namesOf = { mp3: "MP3", wav: "WAV", flac: "FLAC", pcm: "PCM" } as const;

const readableOf = (found: string | undefined): "mp3" | "wav" | "flac" | undefined =>
  found === "MP3" ? "mp3" : found === "WAV" ? "wav" : found === "FLAC" ? "flac" : undefined;

function recognise(first: Uint8Array): string | undefined {
  const four = textAt(first, 0, 4);
  if (["RIFF", "RF64", "BW64"].includes(four))
    return textAt(first, 8, 4) === "WAVE" ? "WAV" : "a RIFF file without sound";
  if (four === "fLaC") return "FLAC";
  if (four.startsWith("ID3")) return "MP3";
  if (four === "OggS") return "Ogg";
  if (four === "FORM") return "AIFF";
  if (textAt(first, 4, 4) === "ftyp") return "MP4";
  if (four === "\x1aE\xdf\xa3") return "WebM";
  if (isText(first)) return textNameOf(textAt(first, 0, first.length).trimStart());
  if (first[0] === 0xff && (first[1]! & 0xe6) === 0xe2) return "MP3";
  if (first[0] === 0xff && (first[1]! & 0xf6) === 0xf0) return "AAC";
  return undefined;
}

/**
 * A source of fewer characters than this is not recognised as text, because a few bytes of PCM samples could be
 * characters by chance. But a source of only 1 to 3 characters is recognised as text.
 */
const textBytesMin = 16;

const isText = (bytes: Uint8Array): boolean =>
  (bytes.length >= textBytesMin || bytes.length < 4) &&
  bytes.every((byte) => (byte >= 0x20 && byte < 0x7f) || byte === 0x09 || byte === 0x0a || byte === 0x0d);

const textNameOf = (text: string): string =>
  text.startsWith("<") ? "a page (HTML or XML)" : /^[{[]/.test(text) ? "JSON" : "text";
