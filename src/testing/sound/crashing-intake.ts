// A replacement for the intake's thread in tests: it crashes at the first bytes of a source.

import { parentPort } from "node:worker_threads";

parentPort?.on("message", ({ type }: { readonly type: string }) => {
  if (type === "bytes") throw new Error("The thread dies, as the test wants.");
});
