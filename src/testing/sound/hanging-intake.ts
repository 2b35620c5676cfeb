// A thread that replaces the thread of the audio intake in tests. (The audio intake converts the audio of generators.)
// The replacement hangs at its first message with bytes, like a faulty decoder.

import { parentPort } from "node:worker_threads";

parentPort?.on("message", ({ type }: { readonly type: string }) => {
  if (type === "bytes") for (;;);
});
