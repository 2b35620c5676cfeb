// Says that this worker is alive to whoever looks after its container: a file whose time is never older than a few seconds.
import { utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";

const everyMs = 10_000;

export interface HeartbeatDeps {
  readonly dataDir: string;
  readonly log: { warn(facts: object, message: string): void };
}

/** The function returned ends it. */
export async function keepHeartbeat({ dataDir, log }: HeartbeatDeps): Promise<() => void> {
  const file = join(dataDir, "jobs.alive");
  const failed = (err: unknown) => log.warn({ err, file }, "the worker can't say that it is alive");
  await writeFile(file, "").catch(failed);
  const timer = setInterval(() => {
    const now = new Date();
    utimes(file, now, now).catch(failed);
  }, everyMs);
  timer.unref();
  return () => clearInterval(timer);
}
