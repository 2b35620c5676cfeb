// A replacement for the intake's thread in tests: it hangs at the first bytes of a source, as a faulty decoder could.

import { parentPort } from "node:worker_threads";

parentPort?.on("message", ({ type }: { readonly type: string }) => {
  if (type === "bytes") for (;;);
});
