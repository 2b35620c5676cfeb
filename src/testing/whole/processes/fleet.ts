// Starts two API and two worker processes on the full profile (Postgres, MongoDB and Redis). The processes share only
// these stores and a folder for objects. A test can kill and restart each process.
import { type FleetStores, startFleetStores } from "./fleet-stores.ts";
import { createRondoClient, type RondoClient } from "./rondo-client.ts";
import { type SpawnedProcess, spawnProcess } from "./spawned-process.ts";

export interface FleetMember {
  /** The origin of an API; "" for a worker. A restart doesn't change the origin. */
  readonly url: string;
  readonly pid: number;
  /** Kills the process with SIGKILL, and waits for its end. */
  kill(): Promise<void>;
  /** Starts the process again. Call this only after the process has ended. */
  start(): Promise<void>;
  /**
   * If the process ended by itself, returns the warnings and unexpected output of its last run.
   * Otherwise returns undefined.
   */
  crash(): string | undefined;
  /** Returns the output of all runs of the process. */
  output(): string;
}

export interface Fleet extends AsyncDisposable {
  readonly stores: FleetStores;
  readonly apis: readonly [FleetMember, FleetMember];
  readonly workers: readonly [FleetMember, FleetMember];
  readonly operatorKey: string;
  /** Returns all warnings and unexpected output of all processes. */
  complaints(): string;
}

const operatorKey = "test-operator-key-0123456789";

export async function startFleet(environment: Record<string, string> = {}): Promise<Fleet> {
  await using undo = new AsyncDisposableStack();
  const stores = undo.use(await startFleetStores());
  const member = async (file: string, startedWhen: RegExp) => {
    const started = createMember({ stores, environment, file, startedWhen });
    undo.defer(started.end);
    await started.start();
    return started;
  };
  const api = () => member("src/main.ts", /"url":"([^"]+?)\/?"/);
  const worker = () => member("jobs/main.ts", /"msg":"working"/);
  // The first API migrates the tables before the other processes start.
  const apis = [await api(), await api()] as const;
  const workers = await Promise.all([worker(), worker()]);
  const running = undo.move();
  return {
    stores,
    apis: [apis[0], apis[1]],
    workers: [workers[0], workers[1]],
    operatorKey,
    complaints: () => [...apis, ...workers].map(({ output }) => complaintsIn(output())).join("\n"),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

interface MemberOptions {
  readonly stores: FleetStores;
  readonly environment: Record<string, string>;
  readonly file: string;
  readonly startedWhen: RegExp;
}

function createMember({ stores, environment, file, startedWhen }: MemberOptions) {
  let running: SpawnedProcess | undefined;
  let url = "";
  let earlier = "";
  return {
    get url() {
      return url;
    },
    get pid() {
      return running?.pid ?? 0;
    },
    async start() {
      earlier += running?.output() ?? "";
      running = await spawnProcess({
        file,
        directory: stores.directory,
        environment: {
          RONDO_DATA: stores.directory,
          RONDO_OPERATOR_KEY: operatorKey,
          RONDO_LOG: "info",
          PORT: url === "" ? "0" : new URL(url).port,
          ...stores.environment,
          ...environment,
        },
        startedWhen,
      });
      url = running.started[1] ?? "";
    },
    kill: async () => running?.end("SIGKILL"),
    crash: () => (running?.crashed() ? complaintsIn(running.output()) : undefined),
    end: async () => running?.end("SIGTERM"),
    output: () => earlier + (running?.output() ?? ""),
  };
}

const complaintsIn = (output: string): string =>
  output
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith('{"level":"info"'))
    .join("\n");

/** Creates a business as the operator. Returns a client that acts as a guest of that business. */
export async function createFleetClient(fleet: Fleet, slug: string): Promise<RondoClient> {
  const made = await fetch(`${fleet.apis[0].url}/v1/businesses`, {
    method: "POST",
    headers: { authorization: `Bearer ${fleet.operatorKey}`, "content-type": "application/json" },
    body: JSON.stringify({ slug }),
  });
  if (!made.ok) throw new Error(`creating ${slug} was answered with ${made.status}: ${await made.text()}`);
  return createRondoClient(fleet.apis[0].url, slug);
}

/** Returns the link with its origin replaced by the origin of the given API. */
export const at = ({ url }: FleetMember, link: string): string => {
  const { pathname, search } = new URL(link);
  return `${url}${pathname}${search}`;
};
