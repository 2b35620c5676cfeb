// Runs the API and the worker: starts both, and ends both with SIGTERM. A process that ends by itself is restarted. The
// exit code `exitBadSettings` is an exception: it ends all processes, because a restart would not help.
import { exitBadSettings } from "../../config/config.ts";
import { AppError } from "../../errors.ts";

interface SupervisedProcess {
  readonly name: string;
  readonly command: readonly string[];
}

export interface SupervisorOptions {
  readonly processes: readonly SupervisedProcess[];
  /** The environment variables of the processes; by default those of this process. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Called for each IPC message of a process. The API and the worker each send one message, when they are ready. */
  readonly onReady?: (name: string, message: unknown) => void;
  readonly say: (line: string) => void;
  /** The wait before a restart: at first `first`, then twice the previous wait, up to `most`. */
  readonly backoffMs?: { readonly first: number; readonly most: number };
  readonly drainMs?: number;
}

export interface Supervisor {
  /**
   * Sends SIGTERM to every process, and SIGKILL to the processes that still run after `drainMs`.
   * Resolves when all processes have ended.
   */
  stop(): Promise<void>;
  /**
   * Resolves when all processes have ended and none is restarted. The value is `exitBadSettings` if
   * a process exited with this code before `stop` was called, otherwise 0.
   */
  readonly ended: Promise<number>;
}

/** If a process ran for longer than this before it ended, the wait before its restart is the shortest one again. */
const steadyMs = 30_000;

/** Starts the processes at once. Throws CONFLICT if `processes` is empty. */
export function createSupervisor(options: SupervisorOptions): Supervisor {
  const { say, drainMs = 30_000, backoffMs = { first: 100, most: 10_000 } } = options;
  const children = new Map<string, Bun.Subprocess>();
  const stopped = new AbortController();
  let exitCode = 0;

  async function keepRunning({ name, command }: SupervisedProcess): Promise<void> {
    let waitMs = backoffMs.first;
    while (!stopped.signal.aborted) {
      const startedMs = performance.now();
      const child = Bun.spawn([...command], {
        stdio: ["ignore", "inherit", "inherit"],
        ...(options.environment === undefined ? {} : { env: options.environment }),
        ipc: (message) => options.onReady?.(name, message),
      });
      children.set(name, child);
      const code = await child.exited;
      children.delete(name);
      if (stopped.signal.aborted) return;
      if (code === exitBadSettings) {
        exitCode = code;
        stopped.abort();
        return;
      }
      if (performance.now() - startedMs > steadyMs) waitMs = backoffMs.first;
      say(`${name} ended (${child.signalCode ?? `code ${code}`}); it is started again in ${waitMs} ms`);
      await pause(waitMs, stopped.signal);
      waitMs = Math.min(waitMs * 2, backoffMs.most);
    }
  }

  stopped.signal.addEventListener("abort", () => {
    for (const child of children.values()) child.kill("SIGTERM");
    const killing = setTimeout(() => {
      for (const [name, child] of children) {
        say(`${name} did not end within ${drainMs} ms and was killed`);
        child.kill("SIGKILL");
      }
    }, drainMs);
    killing.unref();
  });

  if (options.processes.length === 0) throw new AppError("CONFLICT", "There is no process to run.");
  const ended = Promise.all(options.processes.map(keepRunning)).then(() => exitCode);
  return {
    ended,
    async stop() {
      stopped.abort();
      await ended;
    },
  };
}

const pause = (ms: number, signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done);
  });
