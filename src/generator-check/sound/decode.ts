// Decodes whole pieces to samples, for each content type in the generator contract (docs/generators.md).
import { MPEGDecoder } from "mpg123-decoder";
import { Mismatch } from "../mismatch.ts";
import { channelsOf, type Encoding, firstBytes, type Sound } from "./samples.ts";
import { decodeWav } from "./wav.ts";

/** The formats that a generator can offer, by their names in docs/generators.md. */
const formatNames = ["mp3", "wav", "flac", "l16", "pcm"] as const;
export type FormatName = (typeof formatNames)[number];

const types: Readonly<Record<string, FormatName>> = {
  "audio/mpeg": "mp3",
  "audio/wav": "wav",
  "audio/x-wav": "wav",
  "audio/flac": "flac",
  "audio/x-flac": "flac",
  "audio/l16": "l16",
  "audio/pcm": "pcm",
};

/** Returns undefined for a content type that is not in the contract. */
export const formatNameOf = (contentType: string): FormatName | undefined => types[typeOf(contentType)];

/** Returns the missing or wrong parameter as a phrase, or undefined if all parameters are correct. */
export function parameterFaultOf(contentType: string): string | undefined {
  const format = formatNameOf(contentType);
  if (format !== "l16" && format !== "pcm") return undefined;
  const { rate, channels, encoding } = parametersOf(contentType);
  if (!(Number(rate) >= 8_000 && Number(rate) <= 192_000)) return "rate (8000 to 192000)";
  if (channels !== "1" && channels !== "2") return "channels (1 or 2)";
  if (format === "pcm" && encoding !== "f32le" && encoding !== "s16le") return "encoding (f32le or s16le)";
  return undefined;
}

/**
 * Throws Mismatch if there are no bytes, if the bytes are not of this type, or if the contract
 * doesn't contain the type. Check the parameters of the type with
 * `parameterFaultOf` first, because a missing rate is not noticed here.
 */
export async function decode(contentType: string, bytes: Uint8Array): Promise<Sound> {
  if (bytes.length === 0) throw new Mismatch(`sound as ${contentType}`, "not one byte");
  switch (formatNameOf(contentType)) {
    case "mp3":
      return decodeMp3(bytes);
    case "wav":
      return decodeWav(bytes);
    case "flac":
      return decodeFlac(bytes);
    case "l16":
      return decodePcm(bytes, contentType, "s16be");
    case "pcm":
      return decodePcm(
        bytes,
        contentType,
        parametersOf(contentType).encoding === "f32le" ? "f32le" : "s16le",
      );
    default:
      throw new Mismatch("a content type of the contract", contentType || "none");
  }
}

async function decodeMp3(bytes: Uint8Array): Promise<Sound> {
  const decoder = new MPEGDecoder();
  await decoder.ready;
  try {
    const { channelData, samplesDecoded, sampleRate, errors } = decoder.decode(bytes);
    if (errors.length > 0 || samplesDecoded === 0)
      throw new Mismatch("MP3", errors[0]?.message ?? "no sound in it");
    return { sampleRate, channels: channelData.map((channel) => channel.slice(0, samplesDecoded)) };
  } finally {
    decoder.free();
  }
}

async function decodeFlac(bytes: Uint8Array): Promise<Sound> {
  const isFlac = Buffer.from(bytes.subarray(0, 4)).toString("latin1") === "fLaC";
  if (!isFlac) throw new Mismatch("FLAC, which begins with fLaC", firstBytes(bytes));
  const { FLACDecoder } = await import("@wasm-audio-decoders/flac");
  const decoder = new FLACDecoder();
  await decoder.ready;
  try {
    const { channelData, samplesDecoded, sampleRate, errors } = await decoder.decodeFile(bytes);
    if (errors.length > 0 || samplesDecoded === 0)
      throw new Mismatch("FLAC", errors[0]?.message ?? "no sound in it");
    return { sampleRate, channels: channelData };
  } finally {
    decoder.free();
  }
}

function decodePcm(bytes: Uint8Array, contentType: string, encoding: Encoding): Sound {
  const { rate, channels } = parametersOf(contentType);
  const count = Number(channels);
  const width = encoding === "f32le" ? 4 : 2;
  if (bytes.length % (width * count) !== 0)
    throw new Mismatch(`whole samples of ${width * count} bytes`, `${bytes.length} bytes`);
  return { sampleRate: Number(rate), channels: channelsOf(bytes, count, encoding) };
}

const typeOf = (contentType: string): string => contentType.split(";")[0]!.trim().toLowerCase();

const parametersOf = (contentType: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    contentType
      .split(";")
      .slice(1)
      .map((part) => part.split("=").map((text) => text.trim().toLowerCase().replaceAll('"', "")))
      .map(([name = "", value = ""]) => [name, value]),
  );
