// Declares the MongoDB adapter of the chunk store: the chunks of each business are in a separate database.
import { anyAddress } from "../../technology.ts";
import type { ChunkStoreTechnology } from "../technology.ts";

export const mongodb: ChunkStoreTechnology = {
  name: "MongoDB",
  schemes: ["mongodb", "mongodb+srv"],
  example: "mongodb://127.0.0.1:27017",
  faultOf: anyAddress,
  async open(url, options) {
    const { createMongoChunkStore } = await import("./store.ts");
    return createMongoChunkStore({ url, ...options });
  },
  async openCopy(url, options) {
    const { createMongoStreamCopy } = await import("./store.ts");
    return createMongoStreamCopy({ url, ...options });
  },
  async examine(url) {
    const [{ inspectMongo }, { mongoFindings }] = await Promise.all([
      import("./inspect.ts"),
      import("./findings.ts"),
    ]);
    return mongoFindings(await inspectMongo(url));
  },
};
