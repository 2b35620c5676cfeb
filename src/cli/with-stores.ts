// Opens the stores for one command and closes them after it.
import { readConfig } from "../config/config.ts";
import { createSharedDeps, type SharedDeps } from "../deps/shared-deps.ts";
import { createLog } from "../process/log.ts";

export async function withStores(work: (deps: SharedDeps) => Promise<void>): Promise<void> {
  const config = readConfig();
  const deps = await createSharedDeps(config, createLog("cli", "error"), "cli");
  try {
    await work(deps);
  } finally {
    await deps.close();
  }
}
