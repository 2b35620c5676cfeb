// Declares the SQLite adapter of the chunk store: the chunks of each business are in a separate file.
import { needsPath } from "../../technology.ts";
import type { ChunkStoreTechnology } from "../technology.ts";

export const sqlite: ChunkStoreTechnology = {
  name: "SQLite",
  schemes: ["sqlite"],
  example: "sqlite:./data/chunks",
  faultOf: needsPath,
  async open(directory) {
    const { createSqliteChunkStore } = await import("./store.ts");
    return createSqliteChunkStore({ directory });
  },
  async openCopy(directory) {
    const { createSqliteStreamCopy } = await import("./stream-copy.ts");
    return createSqliteStreamCopy(directory);
  },
  async examine(folder) {
    const { examineFolder } = await import("../../drivers/examine-disk.ts");
    return examineFolder(folder);
  },
};
