// Tests moves of streams from one folder of chunk files to another.
import { join } from "node:path";
import { createTemporaryDirectory } from "../../testing/temporary-directory.ts";
import { moveChunksSuite } from "../../testing/suites/move-chunks.ts";

moveChunksSuite("from SQLite to SQLite", async () => {
  const directory = await createTemporaryDirectory();
  const at = (name: string) => `sqlite:${join(directory.path, name)}`;
  return { from: at("before"), to: at("now"), [Symbol.asyncDispose]: directory[Symbol.asyncDispose] };
});
