// Opens an object store in a bucket of Google Cloud Storage. Each key is one object. The object's name consists
// of the prefix in the store's URL, the id of the business, and the path of the key.
import { spanOf } from "../byte-span.ts";
import { checkedContent } from "../checked-content.ts";
import { createGcsClient, type GcsClientOptions } from "./client.ts";
import { bucketMissing, gcsErrorOf, statusOf } from "./errors.ts";
import { factsOf, type GcsFacts, gcsFactsOf } from "./facts.ts";
import { createUploadNotes } from "./notes.ts";
import { openContent } from "./read.ts";
import { sweepParts, writePartsToGcs } from "./parts.ts";
import { pieceUnitBytes, resumeSession } from "./session.ts";
import { writeToGcs } from "./write.ts";
import { checkPrefix, isObjectKey, segmentsOf } from "../object-key.ts";
import type { ObjectLinks } from "../object-links.ts";
import type { ObjectKey, ObjectPage, ObjectStore } from "../object-store.ts";

export interface GcsObjectStoreOptions extends GcsClientOptions {
  /** 32 bytes that encrypt the records of unfinished uploads in the bucket. */
  readonly noteKey: Uint8Array;
  /**
   * The number of bytes per request, which is a multiple of 256 KiB. The bytes of a request stay in memory until the
   * server has received them.
   */
  readonly pieceBytes?: number;
  /**
   * The size of a part in bytes. An object that is larger than a part, and whose size is known before the write, is
   * sent in several parts, which Cloud Storage then joins. Cloud Storage joins at most 32 parts, so an object that
   * would need more parts gets larger parts.
   */
  readonly partBytes?: number;
}

const pieceBytesDefault = 32 * pieceUnitBytes;

export function createGcsObjectStore(options: GcsObjectStoreOptions): ObjectStore & ObjectLinks {
  const client = createGcsClient(options);
  const { files, root, bucket } = client;
  const notes = createUploadNotes(client, options.noteKey);
  const partBytes = options.partBytes ?? Number.POSITIVE_INFINITY;
  const pieceBytes = options.pieceBytes ?? pieceBytesDefault;
  const nameOf = (key: ObjectKey): string => `${root}${segmentsOf(key).join("/")}`;
  let bucketWasSeen = false;

  const inOurWords = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      const result = await work();
      bucketWasSeen = true;
      return result;
    } catch (err) {
      throw gcsErrorOf(err, bucket);
    }
  };

  /**
   * Returns `otherwise` if the error means that the object is missing, and throws every other error. The status 404 can
   * also mean that the bucket is missing. So until an operation of this store has succeeded, a 404 leads to a check of
   * the bucket, which throws an error if there is no bucket.
   */
  const unlessMissing = async <T>(err: unknown, otherwise: T): Promise<T> => {
    if (statusOf(err) !== 404) throw err;
    if (!bucketWasSeen) {
      const list = files.getFiles({ maxResults: 1, autoPaginate: false });
      await list.catch((cause: unknown) => {
        throw statusOf(cause) === 404 ? bucketMissing(bucket, cause) : cause;
      });
    }
    return otherwise;
  };

  const findFacts = (name: string): Promise<GcsFacts | undefined> =>
    files
      .file(name)
      .getMetadata()
      .then(
        ([metadata]) => gcsFactsOf(metadata),
        (err: unknown) => unlessMissing(err, undefined),
      );

  return {
    origin: client.origin,

    async write(key, content, write) {
      const name = nameOf(key);
      const { expected: { bytes, ...expected } = {} } = write;
      const deps = { client, notes, pieceBytes };
      return inOurWords(() =>
        bytes !== undefined && bytes > partBytes
          ? writePartsToGcs(deps, name, content, { ...write, expected: { ...expected, bytes }, partBytes })
          : writeToGcs(deps, name, content, write),
      );
    },

    async read(key, range) {
      const name = nameOf(key);
      return inOurWords(async () => {
        for (;;) {
          const known = await findFacts(name);
          if (!known) return undefined;
          const { generation, ...facts } = known;
          const span = spanOf(range, facts.bytes);
          const body = await openContent(client, { name, generation, ...span });
          // The object was replaced or deleted after it was looked up, so it is looked up again.
          if (!body) continue;
          const read = { facts, ...span, body };
          return { ...read, checked: () => checkedContent(read) };
        }
      });
    },

    async head(key) {
      const name = nameOf(key);
      const known = await inOurWords(() => findFacts(name));
      if (!known) return undefined;
      const { generation: _, ...facts } = known;
      return facts;
    },

    async list({ businessId, prefix = "", after = "", limit = 1_000 }) {
      checkPrefix(prefix);
      const own = `${root}${segmentsOf({ businessId, path: "any" })[0]}/`;
      const most = Math.max(1, Math.min(limit, 1_000));
      return inOurWords(async () => {
        const items: ObjectPage["items"][number][] = [];
        let pageToken: string | undefined;
        do {
          const [found, next] = await files.getFiles({
            prefix: own + prefix,
            // The list begins at startOffset, and must not contain the path `after` itself. The path with "!" added
            // sorts directly after `after`, because "!" sorts before every character of a path.
            ...(after === "" ? {} : { startOffset: `${own}${after}!` }),
            maxResults: most - items.length,
            autoPaginate: false,
            ...(pageToken === undefined ? {} : { pageToken }),
          });
          for (const file of found) {
            const path = file.name.slice(own.length);
            // Not every server of this API supports startOffset.
            if (path > after && isObjectKey({ businessId, path }))
              items.push({ path, facts: factsOf(file.metadata) });
          }
          pageToken = (next as { pageToken?: string } | null)?.pageToken;
        } while (pageToken !== undefined && items.length < most);
        // Not every server of this API supports maxResults.
        const page = items.slice(0, most);
        const isLast = pageToken === undefined && page.length === items.length;
        return { items: page, next: isLast ? undefined : page.at(-1)?.path };
      });
    },

    async delete(key) {
      const name = nameOf(key);
      return inOurWords(() =>
        files
          .file(name)
          .delete()
          .then(
            () => true,
            (err: unknown) => unlessMissing(err, false),
          ),
      );
    },

    async sweep(olderThanMs) {
      return inOurWords(async () => {
        const beforeMs = Date.now() - olderThanMs;
        let removed = await sweepParts(client, beforeMs);
        for await (const note of notes.listOlder(beforeMs)) {
          const session = note.uri === undefined ? undefined : await resumeSession(note.uri, undefined);
          await session?.cancel();
          await note.remove();
          removed++;
        }
        return removed;
      });
    },

    async readLink(key, { expiresInSeconds, contentType, contentDisposition }) {
      const name = nameOf(key);
      return inOurWords(async () => {
        const [link] = await files.file(name).getSignedUrl({
          version: "v4",
          action: "read",
          expires: Date.now() + expiresInSeconds * 1_000,
          ...(contentType === undefined ? {} : { responseType: contentType }),
          ...(contentDisposition === undefined ? {} : { responseDisposition: contentDisposition }),
        });
        return link;
      });
    },

    async close() {},
  };
}
