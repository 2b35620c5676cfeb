// Starts a worker of a job queue in a separate process, for tests. The process runs the file `process.ts` in the folder
// of the queue's technology, for example ports/job-queue/sqlite/process.ts.

export interface WorkerProcess extends AsyncDisposable {
  /** The complete lines that the process has printed so far. */
  readonly lines: readonly string[];
  /** Whether one of the printed lines begins with this text. */
  said(line: string): boolean;
  kill(signal: NodeJS.Signals): void;
  /** Resolves when the process has ended and all complete lines of its output are in `lines`. */
  exited(): Promise<void>;
}

export interface WorkerProcessOptions {
  readonly concurrency?: number;
  readonly leaseMs?: number;
  /** The duration of each job, in milliseconds. */
  readonly workMs?: number;
  /** The maximum number of jobs of one business that run at the same time. 0 means no such limit. */
  readonly perBusiness?: number;
}

/** `place`: the file or the URL of the queue. */
export function startWorkerProcess(
  technology: "sqlite" | "bullmq",
  place: string,
  { concurrency = 1, leaseMs = 10_000, workMs = 0, perBusiness = 0 }: WorkerProcessOptions = {},
): WorkerProcess {
  const script = new URL(`../../ports/job-queue/${technology}/process.ts`, import.meta.url).pathname;
  const words = [script, place, concurrency, leaseMs, workMs, perBusiness].map(String);
  const child = Bun.spawn([process.execPath, ...words], { stdout: "pipe", stderr: "inherit" });
  const lines: string[] = [];
  const over = (async () => {
    let rest = "";
    const decoder = new TextDecoder();
    for await (const bytes of child.stdout) {
      const parts = (rest + decoder.decode(bytes, { stream: true })).split("\n");
      rest = parts.pop() ?? "";
      lines.push(...parts);
    }
  })();
  return {
    lines,
    said: (line) => lines.some((one) => one.startsWith(line)),
    kill: (signal) => child.kill(signal),
    async exited() {
      await child.exited;
      await over;
    },
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await child.exited;
    },
  };
}
