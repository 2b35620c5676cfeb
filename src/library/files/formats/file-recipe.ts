// Describes a downloaded file as data. From this description, any thread that can read and sign the
// sounds of the file makes the same bytes.
import { type ByteSource, sourceOf } from "./byte-source.ts";
import { mp3File } from "./mp3/mp3-file.ts";
import type { TrackTags } from "./track-tags.ts";
import { wavFile } from "./wav/wav-file.ts";
import { zipFile } from "./zip/zip-file.ts";

export interface SoundRecipe {
  readonly format: "mp3" | "wav";
  readonly tags: TrackTags;
  /** The size of the source MP3, in bytes. */
  readonly audioBytes: number;
  /** The number of characters of every signature of this sound. */
  readonly signatureCharacters: number;
  /**
   * The SHA-256 of the source MP3, if this hash is known. If it is not known and an MP3 file is made,
   * the whole source is read to calculate it.
   */
  readonly sha256?: Uint8Array;
}

export interface ArchivedSound {
  readonly name: string;
  readonly modifiedAtMs: number;
  readonly sound: SoundRecipe;
}

export interface ArchivedText {
  readonly name: string;
  readonly modifiedAtMs: number;
  readonly text: string;
}

export type FileRecipe =
  /** An unchanged copy of the sound with index 0. */
  | { readonly kind: "copy"; readonly audioBytes: number }
  | { readonly kind: "sound"; readonly sound: SoundRecipe }
  | {
      readonly kind: "archive";
      /** The files that come before the sounds. */
      readonly texts: readonly ArchivedText[];
      readonly entries: readonly ArchivedSound[];
    };

/** Reads and signs the sounds of a recipe. A sound is identified by its index in the recipe. */
export interface RecipeSounds {
  /** Yields the bytes of the MP3 from `start`. */
  read(sound: number, start: number): AsyncIterable<Uint8Array>;
  /**
   * Signs the SHA-256 of the bytes of an MP3 or of the samples of a WAV. The signature must have
   * `signatureCharacters` characters.
   */
  sign(sound: number, sha256: Uint8Array): Promise<string>;
}

/**
 * Makes the file. The same recipe, sounds and signatures give the same bytes. Throws RangeError if
 * a WAV would be larger than 4 GiB.
 */
export async function fileOf(recipe: FileRecipe, sounds: RecipeSounds): Promise<ByteSource> {
  switch (recipe.kind) {
    case "copy":
      return audioOf(sounds, 0, recipe.audioBytes);
    case "sound":
      return soundFile(recipe.sound, sounds, 0);
    case "archive": {
      const { texts, entries } = recipe;
      const content = await Promise.all(entries.map(({ sound }, at) => soundFile(sound, sounds, at)));
      return zipFile([
        ...texts.map(({ text, ...one }) => ({ ...one, content: sourceOf(Buffer.from(text)) })),
        ...entries.map(({ name, modifiedAtMs }, at) => ({ name, modifiedAtMs, content: content[at]! })),
      ]);
    }
  }
}

function soundFile(
  { format, tags, audioBytes, signatureCharacters, sha256: known }: SoundRecipe,
  sounds: RecipeSounds,
  at: number,
): Promise<ByteSource> {
  const audio = audioOf(sounds, at, audioBytes);
  // `wavFile` and `mp3File` need the length of a tag before they have read the audio and know its hash. For this
  // purpose, they pass a hash of zeros, and get a placeholder with the length of a signature.
  const sign = async (sha256: Uint8Array): Promise<string> =>
    sha256.every((byte) => byte === 0) ? "-".repeat(signatureCharacters) : sounds.sign(at, sha256);
  return format === "wav" ? wavFile(audio, tags, sign) : mp3File(audio, tags, sign, known);
}

const audioOf = (sounds: RecipeSounds, at: number, bytes: number): ByteSource => ({
  bytes,
  read: (start) => sounds.read(at, start),
});
