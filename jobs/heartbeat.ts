// Shows the container's health check that this worker is alive: every ten seconds, the worker
// updates the modification time of a file.
import { utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";

const everyMs = 10_000;

export interface HeartbeatDeps {
  readonly dataDir: string;
  readonly log: { warn(facts: object, message: string): void };
}

/**
 * Creates the file `jobs.alive` and starts the updates. Returns a function that stops the updates;
 * the file stays. Each time the file can't be created or updated, a warning is logged and nothing is
 * thrown. A missing file is not created again.
 */
export async function keepHeartbeat({ dataDir, log }: HeartbeatDeps): Promise<() => void> {
  const file = join(dataDir, "jobs.alive");
  const failed = (err: unknown) => log.warn({ err, file }, "the worker's heartbeat file can't be written");
  await writeFile(file, "").catch(failed);
  const timer = setInterval(() => {
    const now = new Date();
    utimes(file, now, now).catch(failed);
  }, everyMs);
  timer.unref();
  return () => clearInterval(timer);
}
