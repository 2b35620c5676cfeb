// Starts the API and the worker as real processes with a new data folder. A test can kill and
// restart the processes.
import { type SpawnedProcess, spawnProcess } from "./spawned-process.ts";
import { createTemporaryDirectory } from "../../temporary-directory.ts";

export interface RondoProcesses extends AsyncDisposable {
  readonly url: string;
  readonly dataDir: string;
  readonly operatorKey: string;
  /** Kills the API with SIGKILL. */
  killApi(): Promise<void>;
  /** Kills the worker with SIGKILL. */
  killWorker(): Promise<void>;
  /** Stops the API with SIGTERM, as a deployment does. The API can finish its open requests. */
  stopApi(): Promise<void>;
  /** Starts a new API process on the same port. The earlier API process must have ended. */
  startApi(): Promise<void>;
  startWorker(): Promise<void>;
  /** Returns the ids of the processes that were started last: first the API's, then the worker's. */
  pids(): readonly number[];
  /** Returns the resident memory of both processes together, in bytes. Works only on Linux, and only while both run. */
  residentBytes(): Promise<number>;
  /** Returns the output of the two processes that were started last. */
  output(): string;
}

export async function startRondo(environment: Record<string, string> = {}): Promise<RondoProcesses> {
  const directory = await createTemporaryDirectory();
  const operatorKey = "test-operator-key-0123456789";
  let port = "0";
  let url = "";
  let api: SpawnedProcess | undefined;
  let worker: SpawnedProcess | undefined;

  const start = (file: string, startedWhen: RegExp): Promise<SpawnedProcess> =>
    spawnProcess({
      file,
      directory: directory.path,
      environment: {
        RONDO_DATA: directory.path,
        RONDO_OPERATOR_KEY: operatorKey,
        RONDO_LOG: "info",
        BUN_CONFIG_MAX_HTTP_REQUESTS: "4096",
        PORT: port,
        ...environment,
      },
      startedWhen,
    });

  const processes: RondoProcesses = {
    get url() {
      return url;
    },
    dataDir: directory.path,
    operatorKey,
    killApi: async () => api?.end("SIGKILL"),
    killWorker: async () => worker?.end("SIGKILL"),
    stopApi: async () => api?.end("SIGTERM"),
    async startApi() {
      api = await start("src/main.ts", /"url":"([^"]+?)\/?"/);
      url = (api.started[1] ?? "").replace(/\/$/, "");
      port = new URL(url).port;
    },
    async startWorker() {
      worker = await start("jobs/main.ts", /"msg":"working"/);
    },
    pids: () => [api, worker].flatMap((running) => (running === undefined ? [] : [running.pid])),
    async residentBytes() {
      const each = [api, worker].map(async (running) => {
        const status = await Bun.file(`/proc/${running?.pid}/status`).text();
        return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024;
      });
      return (await Promise.all(each)).reduce((sum, bytes) => sum + bytes, 0);
    },
    output: () => [api, worker].map((running) => running?.output() ?? "").join("\n"),
    async [Symbol.asyncDispose]() {
      await Promise.all([api?.end("SIGTERM"), worker?.end("SIGTERM")]);
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
