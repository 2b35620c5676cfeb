// Implements the bucket of the Google Cloud Storage server for tests. The bucket stores objects in memory, and
// describes them in the format of Google's JSON API.
import { crc32c } from "../../../ports/object-store/crc32c.ts";

export interface StoredObject {
  readonly name: string;
  bytes: Uint8Array<ArrayBuffer>;
  readonly contentType: string;
  readonly generation: string;
  readonly metadata: Readonly<Record<string, string>> | undefined;
  timeCreated: string;
}

export interface Bucket {
  readonly objects: Map<string, StoredObject>;
  /** Stores a copy of `bytes` with a new generation. Replaces an object with the same name. */
  put(
    name: string,
    bytes: Uint8Array,
    facts: { readonly contentType?: string; readonly metadata?: Record<string, string> },
  ): StoredObject;
  describe(object: StoredObject): Record<string, unknown>;
  /** Returns one page of objects, sorted by name. `pageToken` in the query is the last name of the previous page. */
  list(query: URLSearchParams): Record<string, unknown>;
}

export function createBucket(bucketName: string): Bucket {
  const objects = new Map<string, StoredObject>();
  let generation = Date.now() * 1_000;

  const describe = ({ name, bytes, timeCreated, ...object }: StoredObject): Record<string, unknown> => {
    const checksum = Buffer.alloc(4);
    checksum.writeUInt32BE(crc32c(bytes));
    return {
      kind: "storage#object",
      name,
      bucket: bucketName,
      generation: object.generation,
      metageneration: "1",
      contentType: object.contentType,
      ...(object.metadata && { metadata: object.metadata }),
      size: String(bytes.length),
      crc32c: checksum.toString("base64"),
      timeCreated,
      updated: timeCreated,
    };
  };

  return {
    objects,
    describe,
    put(name, bytes, { contentType = "application/octet-stream", metadata }) {
      const object = {
        name,
        bytes: new Uint8Array(bytes),
        contentType,
        generation: String(++generation),
        metadata,
        timeCreated: new Date().toISOString(),
      };
      objects.set(name, object);
      return object;
    },
    list(query) {
      const prefix = query.get("prefix") ?? "";
      const from = query.get("startOffset") ?? "";
      const after = query.get("pageToken") ?? "";
      const most = Number(query.get("maxResults") ?? 1_000);
      const names = [...objects.keys()]
        .filter((name) => name.startsWith(prefix) && name >= from && name > after)
        .toSorted((one, two) => Buffer.compare(Buffer.from(one), Buffer.from(two)));
      const page = names.slice(0, most);
      return {
        kind: "storage#objects",
        items: page.map((name) => describe(objects.get(name)!)),
        ...(names.length > page.length && { nextPageToken: page.at(-1) }),
      };
    },
  };
}
