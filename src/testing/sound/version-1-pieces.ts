// Loads the golden file with the pieces of the composer's version 1. Also calculates the hash of a piece's audio, so
// that tests can compare the hash with the golden file.

import { loadLame } from "../../composer/mp3/encoder.ts";
import { startRendering } from "../../composer/render.ts";
import { loadBank } from "../../composer/sound/bank.ts";
import { type MusicSpec, parseSpec } from "../../composer/spec.ts";
import pieces from "../../composer/version-1.golden.json" with { type: "json" };

/**
 * The pieces, each with three SHA-256 hashes. The field `score` is the hash of the score's text. The field `audio` is
 * the hash of the whole MP3. The field `beginning` is the hash of the first `beginningBytes` bytes of the MP3.
 */
export const versionOnePieces = pieces.map(({ spec, ...hashes }) => ({ spec: parseSpec(spec), ...hashes }));

export const beginningBytes = 32_000;

/**
 * Loads the instruments. The returned function makes a piece and returns the hash of the first `bytesMax` bytes of its
 * MP3, or of all bytes if the MP3 is shorter. The returned function can be called for any number of pieces.
 */
export const prepareAudioHash = async (): Promise<
  (spec: MusicSpec, bytesMax?: number) => Promise<string>
> => {
  const studio = { bank: await loadBank(), lame: await loadLame() };
  return async (spec, bytesMax = Number.POSITIVE_INFINITY) => {
    const rendering = await startRendering(spec, studio);
    const hash = new Bun.CryptoHasher("sha256");
    for (let left = bytesMax; left > 0 && !rendering.isDone;) {
      const bytes = rendering.step()?.bytes.subarray(0, left) ?? new Uint8Array(0);
      hash.update(bytes);
      left -= bytes.length;
    }
    rendering.close();
    return hash.digest("hex");
  };
};
