// The API and the worker as real processes of their own, on a folder of their own: started, killed and started again by a test.
import { join } from "node:path";
import { createTemporaryDirectory } from "./temporary-directory.ts";

const root = join(import.meta.dirname, "../..");
const startLimitMs = 15_000;

interface Running {
  readonly child: Bun.Subprocess<"ignore", "pipe", "pipe">;
  /** Everything it printed so far. */
  output(): string;
}

export interface RondoProcesses extends AsyncDisposable {
  readonly url: string;
  readonly dataDir: string;
  readonly operatorKey: string;
  /** As `kill -9` does: no time for anything. */
  killApi(): Promise<void>;
  killWorker(): Promise<void>;
  startApi(): Promise<void>;
  startWorker(): Promise<void>;
  /** Resident memory of both, bytes. */
  residentBytes(): Promise<number>;
  output(): string;
}

export async function startRondo(environment: Record<string, string> = {}): Promise<RondoProcesses> {
  const directory = await createTemporaryDirectory();
  const operatorKey = "test-operator-key-0123456789";
  let port = "0";
  let url = "";
  let api: Running | undefined;
  let worker: Running | undefined;

  const start = (file: string): Running => {
    const child = Bun.spawn([process.execPath, join(root, file)], {
      cwd: directory.path,
      env: {
        PATH: Bun.env.PATH,
        RONDO_DATA: directory.path,
        RONDO_OPERATOR_KEY: operatorKey,
        RONDO_LOG: "info",
        PORT: port,
        ...environment,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let text = "";
    const keep = async (from: ReadableStream<Uint8Array>) => {
      const decoder = new TextDecoder();
      for await (const part of from) text += decoder.decode(part, { stream: true });
    };
    void keep(child.stdout);
    void keep(child.stderr);
    return { child, output: () => text };
  };

  const untilPrinted = async (running: Running, pattern: RegExp): Promise<RegExpExecArray> => {
    const until = Date.now() + startLimitMs;
    for (;;) {
      const match = pattern.exec(running.output());
      if (match) return match;
      if (running.child.exitCode !== null || Date.now() > until)
        throw new Error(`it did not start:\n${running.output()}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };

  const kill = async (running: Running | undefined, signal: NodeJS.Signals) => {
    running?.child.kill(signal);
    await running?.child.exited;
  };

  const processes: RondoProcesses = {
    get url() {
      return url;
    },
    dataDir: directory.path,
    operatorKey,
    killApi: () => kill(api, "SIGKILL"),
    killWorker: () => kill(worker, "SIGKILL"),
    async startApi() {
      api = start("src/main.ts");
      url = ((await untilPrinted(api, /"url":"([^"]+?)\/?"/))[1] ?? "").replace(/\/$/, "");
      port = new URL(url).port;
    },
    async startWorker() {
      worker = start("jobs/main.ts");
      await untilPrinted(worker, /"msg":"working"/);
    },
    async residentBytes() {
      const each = [api, worker].map(async (running) => {
        const status = await Bun.file(`/proc/${running?.child.pid}/status`).text();
        return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024;
      });
      return (await Promise.all(each)).reduce((sum, bytes) => sum + bytes, 0);
    },
    output: () => [api, worker].map((running) => running?.output() ?? "").join("\n"),
    async [Symbol.asyncDispose]() {
      await Promise.all([kill(api, "SIGTERM"), kill(worker, "SIGTERM")]);
      await directory[Symbol.asyncDispose]();
    },
  };
  try {
    await Promise.all([processes.startApi(), processes.startWorker()]);
  } catch (err) {
    await processes[Symbol.asyncDispose]();
    throw err;
  }
  return processes;
}
