// Declares the adapter that stores objects in an S3 bucket. The adapter uses Bun's own S3 client.
import { good, type Found, wrong } from "../../found.ts";
import type { ObjectStoreTechnology } from "../technology.ts";
import { findS3Place, parseS3Url } from "./url.ts";

export const s3: ObjectStoreTechnology = {
  name: "S3",
  schemes: ["s3"],
  example: "s3://bucket?endpoint=https://…&region=auto",
  faultOf: (url) => (findS3Place(url) === undefined ? "It is not the address of an S3 bucket." : undefined),
  async open(url, { partBytes }) {
    const { createS3ObjectStore } = await import("./store.ts");
    const parts = partBytes === undefined ? {} : { partBytes };
    // Players get finished audio from the API, and not by links to the bucket. A signed S3 link is valid only for GET,
    // and players also use HEAD.
    return { objects: createS3ObjectStore({ url, ...parts }), objectLinks: undefined };
  },
  examine: examineBucket,
};

/**
 * Examines a bucket: lists objects, then writes one object, looks up its facts and deletes it.
 * If a request fails, throws the store's error, and the written object can stay in the bucket.
 */
async function examineBucket(url: string): Promise<readonly Found[]> {
  const { createS3ObjectStore } = await import("./store.ts");
  const { bucket } = parseS3Url(url);
  const store = createS3ObjectStore({ url });
  const key = { businessId: "doctor", path: crypto.randomUUID() };
  const content = async function* () {
    yield new TextEncoder().encode("rondo");
  };
  await store.list({ businessId: "doctor", limit: 1 });
  const written = await store.write(key, content(), { contentType: "text/plain" });
  const found = await store.head(key);
  await store.delete(key);
  return found?.crc32c === written.crc32c
    ? [good(`Objects in the bucket ${bucket} can be listed, written, read and deleted.`)]
    : [
        wrong(
          `The bucket ${bucket} does not store the content types of objects. Rondo's checksums are in the content types.`,
          "Use a server that stores the Content-Type of an object as it was sent.",
        ),
      ];
}
