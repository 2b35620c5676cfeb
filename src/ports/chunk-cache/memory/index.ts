// Declares the in-memory adapter of the chunk cache: each process has its own cache.
import { good } from "../../found.ts";
import { anyAddress } from "../../technology.ts";
import type { ChunkCacheTechnology } from "../technology.ts";

export const memory: ChunkCacheTechnology = {
  name: "memory",
  schemes: ["memory"],
  example: "memory:",
  faultOf: anyAddress,
  async open() {
    const { createMemoryChunkCache } = await import("./cache.ts");
    return createMemoryChunkCache();
  },
  examine: async () => [good("Each process has its own cache, in memory.")],
};
