// Deletes one version of an object.
import type { GcsClient } from "./client.ts";
import { statusOf } from "./errors.ts";

/**
 * Deletes the content that a write has stored. `generation` is the number that the store gave to this content. If the
 * object is missing, or if its content has been replaced since the write, nothing is deleted and nothing is thrown.
 */
export async function removeGeneration(
  { files }: GcsClient,
  name: string,
  generation: string | number | undefined,
): Promise<void> {
  try {
    await files.file(name).delete({ ignoreNotFound: true, ifGenerationMatch: Number(generation) });
  } catch (err) {
    // 412: the object has another generation, so its content was replaced.
    if (statusOf(err) !== 412) throw err;
  }
}
