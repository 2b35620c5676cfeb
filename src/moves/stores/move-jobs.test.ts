// Tests that jobs are moved from a queue in one SQLite file to a queue in another SQLite file.
import { join } from "node:path";
import { createTemporaryDirectory } from "../../testing/temporary-directory.ts";
import { moveJobsSuite } from "../../testing/suites/move-jobs.ts";

moveJobsSuite("from SQLite to SQLite", async () => {
  const directory = await createTemporaryDirectory();
  const at = () => `sqlite:${join(directory.path, `${crypto.randomUUID()}.db`)}`;
  return {
    next: () => ({ from: at(), to: at() }),
    [Symbol.asyncDispose]: directory[Symbol.asyncDispose],
  };
});
