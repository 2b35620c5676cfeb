// Reports which operations a bucket allows, so that an operator can check the bucket's URL before using it. The check
// writes a small object and deletes it again. The object stays in the bucket if the bucket refuses
// the deletion, or if an error ends the check before the deletion.
import type { File } from "@google-cloud/storage";
import { isAppError } from "../../../errors.ts";
import { createGcsClient } from "./client.ts";
import { gcsErrorOf, statusOf } from "./errors.ts";

export interface GcsReport {
  readonly bucket: string;
  /**
   * The operations that the bucket refuses (status 403). If the bucket refuses "write", then "read" and "delete"
   * are not tried, and are missing here.
   */
  readonly refused: readonly ("list" | "write" | "read" | "delete")[];
  /** Whether links can be signed for readers without credentials. Undefined if the server asks for no credentials. */
  readonly canSign: boolean | undefined;
}

/**
 * Errors: UNAVAILABLE (the server is not reachable, the bucket doesn't exist, or there are no valid
 * credentials), CONFIG_INVALID (the URL is not a bucket URL), STORAGE_FULL.
 */
export async function inspectGcs(url: string): Promise<GcsReport> {
  const { files, bucket, root, asksForCredentials } = createGcsClient({ url });
  const probe = files.file(`${root}@doctor/${crypto.randomUUID()}`);
  const refused: GcsReport["refused"][number][] = [];
  const tried = async (right: (typeof refused)[number], work: () => Promise<unknown>): Promise<void> => {
    try {
      await work();
    } catch (err) {
      const translated = gcsErrorOf(err, bucket);
      // A bucket also answers 403 if a quota is used up. This does not mean that a permission is missing.
      if (statusOf(err) !== 403 || isAppError(translated, "STORAGE_FULL")) throw translated;
      refused.push(right);
    }
  };
  await tried("list", () =>
    files.getFiles({ prefix: `${root}@doctor/`, maxResults: 1, autoPaginate: false }),
  );
  await tried("write", () => probe.save("rondo", { resumable: false, validation: false }));
  if (!refused.includes("write")) {
    await tried("read", () => probe.getMetadata());
    await tried("delete", () => probe.delete());
  }
  const canSign = asksForCredentials ? await isSigned(probe) : undefined;
  return { bucket, refused, canSign };
}

const isSigned = (file: File): Promise<boolean> =>
  file.getSignedUrl({ version: "v4", action: "read", expires: Date.now() + 60_000 }).then(
    () => true,
    () => false, // without signed links, the API itself sends the finished audio
  );
