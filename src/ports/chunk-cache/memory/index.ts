// A cache of each process in its own memory.
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
  examine: async () => [good("Each process has a cache of its own, in memory.")],
};
