// Replaces, in tests, the thread of the audio intake, which converts the audio of generators. This replacement hangs
// when it gets the first bytes of a source, because a faulty decoder can hang in the same way.

import { parentPort } from "node:worker_threads";

parentPort?.on("message", ({ type }: { readonly type: string }) => {
  if (type === "bytes") for (;;);
});
