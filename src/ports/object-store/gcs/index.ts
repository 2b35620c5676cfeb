// Declares the adapter that stores objects in a Google Cloud Storage bucket.
import { isAppError } from "../../../errors.ts";
import type { ObjectStoreTechnology } from "../technology.ts";
import { parseGcsUrl } from "./url.ts";

export const gcs: ObjectStoreTechnology = {
  name: "Google Cloud Storage",
  schemes: ["gs"],
  example: "gs://bucket",
  faultOf(url) {
    try {
      parseGcsUrl(url);
      return undefined;
    } catch (err) {
      if (!isAppError(err, "CONFIG_INVALID")) throw err;
      return "It is not a bucket URL; write it like gs://bucket or gs://bucket/folder, optionally with ?links=true.";
    }
  },
  async open(url, { partBytes, noteKey }) {
    const { createGcsObjectStore } = await import("./store.ts");
    const parts = partBytes === undefined ? {} : { partBytes };
    const bucket = createGcsObjectStore({ url, noteKey, ...parts });
    return { objects: bucket, objectLinks: parseGcsUrl(url).links ? bucket : undefined };
  },
  async examine(url) {
    const [{ inspectGcs }, { gcsFindings }] = await Promise.all([
      import("./inspect.ts"),
      import("./findings.ts"),
    ]);
    return gcsFindings(await inspectGcs(url));
  },
};
