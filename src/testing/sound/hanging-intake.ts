// Replaces the intake's thread in tests: it never returns from the first bytes of a source, as a decoder with a fault could.

import { parentPort } from "node:worker_threads";

parentPort?.on("message", ({ type }: { readonly type: string }) => {
  if (type === "bytes") for (;;);
});
