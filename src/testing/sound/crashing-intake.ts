// A thread for tests that crashes when it gets the first bytes of audio. It takes the place of the
// thread that converts the audio of generators (`src/intake`).

import { parentPort } from "node:worker_threads";

parentPort?.on("message", ({ type }: { readonly type: string }) => {
  if (type === "bytes") throw new Error("The thread dies, as the test wants.");
});
