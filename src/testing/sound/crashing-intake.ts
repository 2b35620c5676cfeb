// A worker thread for tests. It replaces the thread that converts the audio of generators
// (`src/intake`), and crashes when it gets the first bytes of audio.

import { parentPort } from "node:worker_threads";

parentPort?.on("message", ({ type }: { readonly type: string }) => {
  if (type === "bytes") throw new Error("This thread crashes on purpose.");
});
