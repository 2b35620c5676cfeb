// Defines bun run test:conformance: it runs the public suite of the Durable Streams protocol
// against Rondo's routes on a free port. The store is SQLite. With --full, the stores are MongoDB
// and Redis. With --through nginx or --through node-agent, requests pass through a proxy. The options
// --full and --through can't be used together.
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createRedisChunkCache } from "../../../ports/chunk-cache/redis/cache.ts";
import { createMongoChunkStore } from "../../../ports/chunk-store/mongodb/store.ts";
import { startMongoServer } from "../../servers/mongodb-server.ts";
import { startNginxProxy } from "../../servers/nginx-proxy.ts";
import { startRedisServer } from "../../servers/redis-server.ts";
import { type StreamServerOptions, createStreamServer } from "../../servers/stream-server.ts";
import { createTemporaryDirectory } from "../../temporary-directory.ts";

interface Case {
  readonly fullName: string;
  readonly ancestorTitles: readonly string[];
  readonly status: "passed" | "failed" | "skipped" | "pending" | "todo";
  readonly failureMessages?: readonly string[];
}

interface Report {
  readonly testResults: readonly { readonly assertionResults: readonly Case[] }[];
}

const root = join(import.meta.dirname, "../../../..");

/**
 * The time that a long poll waits for data. It is shorter than in production, because otherwise the suite would take
 * minutes. All other settings are as in production.
 */
const limits = { longPollMs: 1_500 };

/**
 * The title of the group of cases that the suite itself skips. They test APIs that the protocol
 * reserves for later. If any other case is skipped, the run fails.
 */
const reserved = "Reserved subscription APIs";

/**
 * Divides the cases of --full into groups by patterns for the beginning of their names. One more group contains the
 * remaining cases. Each group gets its own servers, because a stand-in for MongoDB becomes slower with every document.
 */
const fullGroups = [
  "Property.*(Byte-Exactness|Immutability|Offset)",
  "Property.*(Sequence Ordering|Concurrent)",
  "Property.*(Operation|State)",
  "Fork",
  "(TTL|SSE)",
];
const groupsAtOnce = 2;

type Stores = NonNullable<StreamServerOptions["stores"]>;

/** Proxies that reuse their connections to the server. The suite gets the proxy's address. */
const proxies: Readonly<
  Record<string, (port: number) => Promise<AsyncDisposable & { readonly url: string }>>
> = {
  nginx: (port) => startNginxProxy(port, { isUnlimited: true }),
  async "node-agent"(port) {
    const script = join(import.meta.dirname, "keep-alive-proxy.mjs");
    const node = Bun.spawn(["node", script, String(port)], { stdout: "pipe", stderr: "inherit" });
    const { value } = await node.stdout.getReader().read();
    return {
      url: `http://127.0.0.1:${Number(new TextDecoder().decode(value))}`,
      async [Symbol.asyncDispose]() {
        node.kill();
        await node.exited;
      },
    };
  },
};

interface GroupOptions {
  readonly stores?: Stores;
  readonly through?: string | undefined;
}

async function runGroup(pattern: string, { stores, through }: GroupOptions = {}): Promise<readonly Case[]> {
  await using server = await createStreamServer(stores === undefined ? { limits } : { limits, stores });
  await using proxy = through === undefined ? undefined : await proxies[through]?.(server.port);
  if (through !== undefined && proxy === undefined)
    throw new Error(`This suite has no proxy called ${through}.`);
  await using directory = await createTemporaryDirectory();
  const report = join(directory.path, "report.json");
  const vitest = Bun.spawn(
    [
      join(root, "node_modules/.bin/vitest"),
      "run",
      `--config=${join(import.meta.dirname, "vitest.config.ts")}`,
      `--testNamePattern=${pattern}`,
      "--reporter=dot",
      "--reporter=json",
      `--outputFile.json=${report}`,
    ],
    {
      cwd: root,
      env: { ...process.env, NO_COLOR: "1", STREAMS_UNDER_TEST: proxy?.url ?? server.url },
      stdout: "inherit",
      stderr: "inherit",
    },
  );
  await vitest.exited;
  const { testResults } = (await Bun.file(report).json()) as Report;
  return testResults.flatMap(({ assertionResults }) => assertionResults);
}

async function runFullGroup(pattern: string): Promise<readonly Case[]> {
  await using mongo = await startMongoServer();
  await using redis = await startRedisServer();
  const cache = createRedisChunkCache(redis);
  return await runGroup(pattern, { stores: { openStore: () => createMongoChunkStore(mongo), cache } });
}

async function runFullProfile(): Promise<readonly Case[]> {
  const waiting = [...fullGroups.map((name) => `^${name}`), `^(?!${fullGroups.join("|")})`];
  const cases: Case[] = [];
  const runNext = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      cases.push(...(await runFullGroup(next)));
    }
  };
  await Promise.all(Array.from({ length: groupsAtOnce }, runNext));
  return cases;
}

if (import.meta.main) {
  const { full, through } = parseArgs({
    options: { full: { type: "boolean" }, through: { type: "string" } },
  }).values;
  if (full === true && through !== undefined)
    throw new Error("--through can't be used together with --full.");
  const cases = full === true ? await runFullProfile() : await runGroup(".*", { through });
  const passed = cases.filter(({ status }) => status === "passed");
  const failed = cases.filter(({ status }) => status === "failed");
  const ran = new Set([...passed, ...failed].map(({ fullName }) => fullName));
  const skipped = new Map(
    cases.filter(({ fullName }) => !ran.has(fullName)).map((left) => [left.fullName, left]),
  );
  const leftOut = [...skipped.values()].filter(({ ancestorTitles }) => ancestorTitles[0] !== reserved);
  for (const { fullName } of leftOut)
    console.log(`This case was not run, although it is not reserved: ${fullName}`);
  for (const { fullName, failureMessages = [] } of failed)
    console.log(`(fail) ${fullName}\n${failureMessages.join("\n")}`);
  // The counts are printed in the format of Bun's runner, because the summary of all suites reads
  // that format.
  console.log(`\n ${passed.length} pass\n ${skipped.size} skip\n ${failed.length + leftOut.length} fail`);
  process.exit(passed.length > 0 && failed.length + leftOut.length === 0 ? 0 : 1);
}
