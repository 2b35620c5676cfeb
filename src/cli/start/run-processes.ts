// Runs the API and the worker under a supervisor until a signal ends both processes, for `rondo start` and `bun dev`.
import { join } from "node:path";
import { environmentWith, readConfig } from "../../config/config.ts";
import { settings } from "../../config/settings.ts";
import { lockFolders } from "../../process/folder-lock.ts";
import { checkFolders, openStore } from "../../process/start-errors.ts";
import { createSupervisor } from "./supervisor.ts";

const root = join(import.meta.dirname, "../../..");

export interface RunProcessesOptions {
  /** Bun's options for both processes, such as `--watch`. */
  readonly bunOptions?: readonly string[];
  /** Called with the URL of the API when the API is ready, and again after each restart. */
  onServing(url: string): void;
  /** Called at each SIGINT or SIGTERM. At the first call, the processes have not been told to end yet. */
  onStop?(): void;
}

/**
 * Runs the processes until all have ended and none is restarted. Then exits with the code of
 * `Supervisor.ended`. Errors, before any process starts:
 * - CONFIG_INVALID: the settings are invalid, another `rondo start` has locked the folders, or a folder can't be used
 *   for a reason that a restart does not remove.
 * - UNAVAILABLE: a folder can't be used now.
 */
export async function runProcesses({
  bunOptions = [],
  onServing,
  onStop,
}: RunProcessesOptions): Promise<never> {
  // Invalid settings are reported here once, instead of by each process.
  const config = readConfig();
  checkFolders(config);
  const lock = await openStore("RONDO_DATA", { scheme: "file", location: config.dataDir }, () =>
    lockFolders(config, "start"),
  );
  const bun = (file: string) => [process.execPath, ...bunOptions, join(root, file)];
  const supervisor = createSupervisor({
    processes: [
      { name: "api", command: bun("src/main.ts") },
      { name: "jobs", command: bun("jobs/main.ts") },
    ],
    environment: environmentWith({ [settings.outgoingRequestsMax.variable]: "4096" }),
    say: (line) => console.error(line),
    onReady: (_name, message) => {
      const { url } = message as { url?: string };
      if (url !== undefined) onServing(url);
    },
  });
  const stop = () => {
    // The lock is released before the processes have ended, so the next `rondo start` need not wait for them.
    lock.release();
    onStop?.();
    void supervisor.stop();
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  process.exit(await supervisor.ended);
}
