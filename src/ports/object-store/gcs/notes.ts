// Stores records of unfinished uploads in the bucket. With such a record, the next write of the same content continues
// the upload.
import type { File } from "@google-cloud/storage";
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import type { GcsClient } from "./client.ts";
import { statusOf } from "./errors.ts";

/** The identity of an upload: the target, and the type, expected size and first piece of the content. */
export interface UploadIdentity {
  /** The full name of the object. */
  readonly name: string;
  readonly contentType: string;
  readonly expectedBytes: number | undefined;
  /** The checksum of the first piece of the content. */
  readonly firstCrc32c: number;
}

export interface UploadNotes {
  /**
   * Returns the URL of the upload session; undefined if there is no record or its URL can't be
   * decrypted.
   */
  find(upload: UploadIdentity): Promise<string | undefined>;
  /** Replaces an earlier record of the same upload. */
  save(upload: UploadIdentity, uri: string): Promise<void>;
  remove(upload: UploadIdentity): Promise<void>;
  /**
   * Lists the records that were last changed before `beforeMs` (milliseconds since 1970), each with its URL if the URL
   * can be decrypted.
   */
  listOlder(
    beforeMs: number,
  ): AsyncIterable<{ readonly uri: string | undefined; remove(): Promise<unknown> }>;
}

// An object key is refused if it contains "@", so the records never have the same names as objects.
const folder = "@uploads/";

/** `key` has 32 bytes. The session URLs are encrypted with `key`, because anyone who has a URL can write the object. */
export function createUploadNotes({ files, root }: GcsClient, key: Uint8Array): UploadNotes {
  const under = `${root}${folder}`;
  const nameOf = ({ name, contentType, expectedBytes, firstCrc32c }: UploadIdentity): string => {
    const content = [contentType, expectedBytes ?? "?", firstCrc32c].join(" ");
    return `${under}${name.slice(root.length)}/${Buffer.from(content).toString("base64url")}`;
  };

  return {
    async find(upload) {
      try {
        const name = nameOf(upload);
        const [{ metadata }] = await files.file(name).getMetadata();
        return openedOf(key, name, metadata?.session);
      } catch (err) {
        if (statusOf(err) === 404) return undefined;
        throw err;
      }
    },
    async save(upload, uri) {
      const name = nameOf(upload);
      const metadata = { metadata: { session: seal(key, name, uri) } };
      await files.file(name).save("", { resumable: false, validation: false, metadata });
    },
    async remove(upload) {
      await files.file(nameOf(upload)).delete({ ignoreNotFound: true });
    },
    async *listOlder(beforeMs) {
      for await (const file of files.getFilesStream({ prefix: under })) {
        const { name, metadata } = file as File;
        if (Date.parse(metadata.timeCreated ?? "") >= beforeMs) continue;
        yield {
          uri: openedOf(key, name, metadata.metadata?.session),
          remove: () => files.file(name).delete({ ignoreNotFound: true }),
        };
      }
    },
  };
}

const nonceBytes = 12;
const tagBytes = 16;

function seal(key: Uint8Array, context: string, text: string): string {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(Buffer.from(context));
  const body = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), body]).toString("base64url");
}

/**
 * Decrypts a session URL. Returns undefined if the encrypted text is missing, was altered, or was
 * encrypted with another key. In these cases, the next write of the content starts the upload from
 * the beginning.
 */
function openedOf(key: Uint8Array, context: string, sealed: unknown): string | undefined {
  const bytes = Buffer.from(String(sealed ?? ""), "base64url");
  if (bytes.length <= nonceBytes + tagBytes) return undefined;
  try {
    const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, nonceBytes))
      .setAAD(Buffer.from(context))
      .setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes));
    return Buffer.concat([decipher.update(bytes.subarray(nonceBytes + tagBytes)), decipher.final()]).toString(
      "utf8",
    );
  } catch {
    return undefined;
  }
}
