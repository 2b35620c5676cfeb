// bun run test:conformance: the public suite of the Durable Streams protocol against our routes, on a port of its own: over the SQLite store, or with --full over MongoDB and Redis.
import { join } from "node:path";
import { createRedisChunkCache } from "../../ports/chunk-cache/redis.ts";
import { createMongoChunkStore } from "../../ports/chunk-store/mongodb.ts";
import { startMongoServer } from "../mongodb-server.ts";
import { startRedisServer } from "../redis-server.ts";
import { type StreamServerOptions, createStreamServer } from "../stream-server.ts";
import { createTemporaryDirectory } from "../temporary-directory.ts";

interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numTotalTests: number;
}

const root = join(import.meta.dirname, "../../..");

/** Waits that end without news are shorter here, or the suite would take minutes; the rest is as in production. */
const limits = { longPollMs: 1_500 };

/** By the tests' names. In groups where MongoDB is a double, which gets slower with every document. */
const groups = {
  embedded: [".*"],
  full: [
    "^Fork",
    "^Property",
    "^(Stream Closure|Idempotent|JSON|SSE)",
    "^(?!Fork|Property|Stream Closure|Idempotent|JSON|SSE)",
  ],
};

type Stores = NonNullable<StreamServerOptions["stores"]>;

async function runGroup(pattern: string, stores?: Stores): Promise<Report> {
  await using server = await createStreamServer(stores === undefined ? { limits } : { limits, stores });
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
      env: { ...process.env, NO_COLOR: "1", STREAMS_UNDER_TEST: server.url },
      stdout: "inherit",
      stderr: "inherit",
    },
  );
  await vitest.exited;
  return (await Bun.file(report).json()) as Report;
}

async function runFullGroup(pattern: string): Promise<Report> {
  await using servers = await startFullProfile();
  return await runGroup(pattern, servers.stores);
}

async function startFullProfile() {
  const mongo = await startMongoServer();
  const redis = await startRedisServer();
  return {
    stores: { openStore: () => createMongoChunkStore(mongo), cache: createRedisChunkCache(redis) },
    async [Symbol.asyncDispose]() {
      await mongo[Symbol.asyncDispose]();
      await redis[Symbol.asyncDispose]();
    },
  };
}

if (import.meta.main) {
  const isFull = process.argv.includes("--full");
  const reports: Report[] = [];
  for (const pattern of isFull ? groups.full : groups.embedded) {
    reports.push(isFull ? await runFullGroup(pattern) : await runGroup(pattern));
  }
  const passed = reports.reduce((sum, { numPassedTests }) => sum + numPassedTests, 0);
  const failed = reports.reduce((sum, { numFailedTests }) => sum + numFailedTests, 0);
  const total = reports[0]?.numTotalTests ?? 0;
  // In the form of Bun's own runner, which the closing line of all suites counts.
  console.log(`\n ${passed} pass\n ${total - passed - failed} skip\n ${failed} fail`);
  process.exit(passed > 0 && failed === 0 ? 0 : 1);
}
