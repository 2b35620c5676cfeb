// Copies the closed stream of a version into a file, because a response from a file can declare its
// exact length. Such a file is used for finished audio that is in the chunk store but not in the
// object store.
import { isAppError } from "../../errors.ts";
import type { OpenWhole } from "../../streams/audio/audio-window.ts";
import { chunkSource, type FinishedAudioDeps } from "./finished-audio.ts";
import type { RenderedFiles } from "../files/rendered-files.ts";

export interface StreamedAudioDeps extends Pick<FinishedAudioDeps, "chunkStore"> {
  readonly files: Pick<RenderedFiles, "open">;
}

/**
 * Returns a function that opens the file. The function resolves with undefined if no file can be made now
 * (TOO_MANY_REQUESTS or UNAVAILABLE, for example because too many files are being made). The player then gets the audio
 * from the chunk store. The function rejects with all other errors. After an abort of `signal`, it always rejects.
 */
export const createOpenWhole =
  ({ files, chunkStore }: StreamedAudioDeps): OpenWhole =>
  async (key, bytes, signal) => {
    const { read } = chunkSource({ chunkStore }, key, bytes);
    const name = `${key.businessId}-${key.path.replaceAll("/", "-")}-${bytes}`;
    const sounds = {
      read: (_: number, start: number) => read(start),
      sign: () => Promise.reject(unsigned()),
    };
    try {
      const recipe = { kind: "copy", audioBytes: bytes } as const;
      return await files.open({ name, bytes, recipe, sounds }, name, signal);
    } catch (err) {
      if (isAppError(err, "TOO_MANY_REQUESTS", "UNAVAILABLE") && !signal.aborted) return undefined;
      throw err;
    }
  };

const unsigned = (): Error => new Error("A copy has no signature.");
