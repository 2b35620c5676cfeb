// Opens an object store in a bucket of Amazon S3, or of a server with the same API, such as Cloudflare R2, MinIO or
// Google Cloud Storage's S3 interface.
import { isDeepStrictEqual } from "node:util";
import { spanOf } from "../byte-span.ts";
import { checkedContent } from "../checked-content.ts";
import { checkPrefix, isObjectKey, segmentsOf } from "../object-key.ts";
import type { ObjectFacts, ObjectKey, ObjectPage, ObjectStore } from "../object-store.ts";
import { isMissing, s3ErrorOf } from "./errors.ts";
import { factsOf, typeWith } from "./facts.ts";
import { spool } from "./spool.ts";
import { parseS3Url } from "./url.ts";

export interface S3ObjectStoreOptions {
  readonly url: string;
  /**
   * An object that is larger than this is sent in parts of this size. A value below 5 MiB counts as
   * 5 MiB. The default is 8 MiB. A part is kept in memory until it is sent.
   */
  readonly partBytes?: number;
  /** By default, the credentials are read from AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

const partBytesDefault = 8 << 20;
const statsAtOnce = 16;

export function createS3ObjectStore(options: S3ObjectStoreOptions): ObjectStore {
  const { bucket, root, endpoint, region, virtualHosted } = parseS3Url(options.url);
  const client = new Bun.S3Client({
    bucket,
    endpoint,
    region,
    virtualHostedStyle: virtualHosted,
    ...options.credentials,
  });
  const nameOf = (key: ObjectKey): string => `${root}${segmentsOf(key).join("/")}`;
  let bucketWasSeen = false;

  async function translated<T>(work: () => Promise<T>): Promise<T> {
    try {
      const result = await work();
      bucketWasSeen = true;
      return result;
    } catch (err) {
      throw s3ErrorOf(err, bucket);
    }
  }

  /**
   * Returns undefined for a missing object. A HEAD request gets the same response for a missing
   * object and for a missing bucket. So if no request to the bucket has succeeded yet, a list
   * request checks whether the bucket exists, and throws an error if the bucket is missing.
   */
  async function findFacts(name: string): Promise<ObjectFacts | undefined> {
    try {
      return factsOf(await client.stat(name));
    } catch (err) {
      if (!isMissing(err)) throw err;
      if (!bucketWasSeen) await client.list({ maxKeys: 1 });
      return undefined;
    }
  }

  return {
    async write(key, content, write) {
      const name = nameOf(key);
      await using spooled = await spool(content, write);
      // Without `await`, the temporary file would be deleted before the upload has ended.
      return await translated(async () => {
        write.signal?.throwIfAborted();
        await client.write(name, Bun.file(spooled.path), {
          type: typeWith(write.contentType, spooled.crc32c),
          partSize: Math.max(options.partBytes ?? partBytesDefault, 5 << 20),
          queueSize: 2,
          retry: 3,
        });
        const { bytes, crc32c } = spooled;
        // Another write can have replaced the object in the meantime. So only the time is taken from the server's
        // answer, and size and checksum are those of this write. Without an answer, the time of this machine is used.
        const stored = await findFacts(name).catch(() => undefined);
        const writtenAtMs = stored?.writtenAtMs ?? Date.now();
        return { bytes, crc32c, contentType: write.contentType, writtenAtMs };
      });
    },

    async read(key, range) {
      const name = nameOf(key);
      return translated(async () => {
        for (;;) {
          const facts = await findFacts(name);
          if (!facts) return undefined;
          const span = spanOf(range, facts.bytes);
          const body = await openContent(client.file(name), span, bucket);
          // Another write can replace the object between the HEAD and the GET, and the client's GET can't request a
          // specific version. Therefore a second HEAD follows. If its facts differ from the first ones, everything is
          // read again.
          const now = span.start === span.end ? facts : await findFacts(name);
          if (!body || !isDeepStrictEqual(now, facts)) {
            await body?.cancel();
            continue;
          }
          const read = { facts, ...span, body };
          return { ...read, checked: () => checkedContent(read) };
        }
      });
    },

    async head(key) {
      const name = nameOf(key);
      return translated(() => findFacts(name));
    },

    async list({ businessId, prefix = "", after = "", limit = 1_000 }) {
      checkPrefix(prefix);
      const own = `${root}${segmentsOf({ businessId, path: "any" })[0]}/`;
      const maxKeys = Math.max(1, Math.min(limit, 1_000));
      return translated(async () => {
        const { contents = [], isTruncated } = await client.list({
          prefix: own + prefix,
          ...(after === "" ? {} : { startAfter: own + after }),
          maxKeys,
        });
        const paths = contents.map(({ key }) => key.slice(own.length));
        const items = await withFacts(
          paths.filter((path) => isObjectKey({ businessId, path })),
          (path) => findFacts(own + path),
        );
        return { items, next: isTruncated === true ? paths.at(-1) : undefined };
      });
    },

    async delete(key) {
      const name = nameOf(key);
      return translated(async () => {
        // In S3, deleting a missing object succeeds, so this first checks whether the object
        // exists.
        if ((await findFacts(name)) === undefined) return false;
        await client.delete(name);
        return true;
      });
    },

    /**
     * Does nothing. The parts of an interrupted upload stay in the bucket until a lifecycle rule of
     * the bucket removes them.
     */
    sweep: async () => 0,

    async close() {},
  };
}

/** Adds the facts to listed objects. Objects that were deleted after the listing are left out. */
async function withFacts(
  paths: readonly string[],
  find: (path: string) => Promise<ObjectFacts | undefined>,
): Promise<ObjectPage["items"]> {
  const items: ObjectPage["items"][number][] = [];
  for (let at = 0; at < paths.length; at += statsAtOnce) {
    const some = paths.slice(at, at + statsAtOnce);
    const found = await Promise.all(some.map(find));
    for (const [index, facts] of found.entries()) if (facts) items.push({ path: some[index]!, facts });
  }
  return items;
}

/**
 * Waits for the first bytes, and then returns the content as a stream. Returns undefined if the
 * object is missing. Later errors of the stream are converted with `s3ErrorOf`.
 */
async function openContent(
  file: Bun.S3File,
  { start, end }: { readonly start: number; readonly end: number },
  bucket: string,
): Promise<ReadableStream<Uint8Array<ArrayBuffer>> | undefined> {
  // The client would treat an empty range as a range of one byte.
  if (start === end) return new Blob([]).stream();
  const reader = file.slice(start, end).stream().getReader();
  let first: Awaited<ReturnType<typeof reader.read>> | undefined;
  try {
    first = await reader.read();
  } catch (err) {
    if (isMissing(err)) return undefined;
    throw err;
  }
  return new ReadableStream(
    {
      async pull(controller) {
        try {
          const { done, value } = first ?? (await reader.read());
          first = undefined;
          if (done) controller.close();
          else controller.enqueue(value);
        } catch (err) {
          throw s3ErrorOf(err, bucket);
        }
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}
