// A replacement for the composer's thread in tests: it starts normally and crashes at its first piece.

import { parentPort } from "node:worker_threads";

parentPort?.on("message", ({ type }: { readonly type: string }) => {
  if (type === "open") parentPort?.postMessage({ type: "ready" });
  if (type === "start") throw new Error("This thread crashes on purpose.");
});
