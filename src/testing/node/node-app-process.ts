// Runs the API's app in Node.js. This program reads GET requests from standard input and writes
// responses to standard output, each as one line of JSON, one after the other. The first line of
// output says whether the program runs in Bun, and the version of Node.js. The program ends at the
// end of its input.
import { createGeneratorWaits } from "../../generators/generator-waits.ts";
import { createHash } from "node:crypto";
import { createInterface } from "node:readline";
import { v7 as uuidv7 } from "uuid";
import { createApp } from "../../app.ts";
import { businessSchema } from "../../businesses/tables/schema.ts";
import { loadOperatorKey } from "../../businesses/secrets/operator-key.ts";
import { readConfig } from "../../config/config.ts";
import type { ApiDeps } from "../../deps/api-deps.ts";
import { openCache } from "../../deps/open-cache.ts";
import { querySpecs } from "../../deps/scratch-database.ts";
import { createBusinessSpecs } from "../../apps/business-specs.ts";
import { createAppDeps } from "../../deps/app-deps.ts";
import { createMoveDeps } from "../../deps/move-deps.ts";
import { createMovesHere } from "../../moves/business/moves-here.ts";
import { createLiveUsage } from "../../usage/live-usage.ts";
import { createSharedDeps } from "../../deps/shared-deps.ts";
import { openRateLimiter } from "../../ports/rate-limiter/open.ts";
import { createLog } from "../../process/log.ts";
import { loadSpecs } from "../../queries/spec/load-specs.ts";
import { createStreams } from "../../streams/streams.ts";

export interface NodeRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface NodeAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The body of the response as base64. */
  readonly body: string;
}

/**
 * Creates the dependencies of the API. This program only reads queries and streams. Dependencies that it doesn't need,
 * such as the rendering of files, throw when they are used.
 */
async function createReadingDeps(): Promise<ApiDeps> {
  const config = readConfig();
  const log = createLog("api", "silent");
  const shared = await createSharedDeps(config, log);
  const cache = await openCache(config, log);
  const streams = createStreams({ store: shared.chunkStore, cache });
  const limiter = await openRateLimiter(config.cacheUrl, { onError() {} });
  const current = await loadSpecs({ dir: querySpecs, schema: businessSchema });
  const specs = createBusinessSpecs({ current, close() {} }, log);
  const usage = createLiveUsage({ ...shared, log });
  return {
    ...shared,
    ...config,
    streams,
    generatorHealth: async () => [],
    movesHere: createMovesHere({ ...shared, open: (addresses) => createMoveDeps(config, shared, addresses) }),
    limiter,
    hasMail: false,
    operatorKey: await loadOperatorKey(shared.control, config.operatorKey),
    specs,
    apps: createAppDeps(shared, specs.forget),
    digest: (text) => createHash("sha1").update(text).digest("base64url"),
    newRequestId: () => uuidv7(),
    generator: { name: "none", revise: notHere, durationOf: notHere },
    generatorWaits: createGeneratorWaits({ generators: new Map(), limitSeconds: 600 }),
    generatorNamed: () => undefined,
    ownGeneratorNamed: async () => undefined,
    threads: { run: notHere, close: async () => {} },
    files: { open: notHere, close: async () => {} },
    passwords: { hash: notHere, verify: notHere },
    usage,
    jobBoard: undefined,
    servedBy() {},
    endListeners: () => streams.close(),
    async close() {
      await usage.close();
      streams.close();
      await limiter.close();
      await cache.close();
      await shared.close();
    },
  };
}

const notHere = (): never => {
  throw new Error("This program only reads queries and streams.");
};

const deps = await createReadingDeps();
const app = createApp(deps);
const print = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);
print({ hasBun: "Bun" in globalThis, node: process.version });
for await (const line of createInterface({ input: process.stdin })) {
  const { path, headers } = JSON.parse(line) as NodeRequest;
  const response = await app.fetch(new Request(`http://127.0.0.1${path}`, { headers }));
  const body = Buffer.from(await response.arrayBuffer()).toString("base64");
  print({
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body,
  } satisfies NodeAnswer);
}
await deps.close();
