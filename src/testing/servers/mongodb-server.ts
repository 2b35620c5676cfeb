// Provides MongoDB for one group of tests: the real server at MONGODB_URL if the variable is set, otherwise a new
// in-memory stand-in. On CI one of the two is required, except with RONDO_TEST_PROFILES=embedded.
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { embeddedOnly } from "../embedded-only.ts";
import { onCi } from "../runners/on-ci.ts";

export interface MongoServer extends AsyncDisposable {
  readonly url: string;
  /**
   * Whether the server is the stand-in, which has no users, change streams or TTL. Writes to the
   * stand-in become slower with every document, so each group of tests starts a new stand-in.
   */
  readonly isDouble: boolean;
  /** The prefix of database names, so that test runs on the same real server don't collide. */
  readonly databasePrefix: string;
}

const realUrl = Bun.env.MONGODB_URL;
const double = findDouble();

export const hasMongo = !embeddedOnly && (realUrl !== undefined || double !== undefined);
export const hasRealMongo = realUrl !== undefined;

if (!hasMongo && !embeddedOnly && onCi)
  throw new Error("There is neither MONGODB_URL nor the stand-in, and on CI nothing is skipped");

/**
 * If MONGODB_URL is set, returns the real server at this address. Then `replicaSet` has no effect, and disposing does
 * nothing: the real server continues to run and keeps its databases.
 * If MONGODB_URL is not set, starts the stand-in. With `replicaSet`, the stand-in reports that it is a replica set.
 * Throws if the stand-in is not installed or does not start.
 */
export async function startMongoServer(
  options: { readonly replicaSet?: boolean } = {},
): Promise<MongoServer> {
  const databasePrefix = `t${randomBytes(4).toString("hex")}_`;
  if (realUrl !== undefined) {
    return { url: realUrl, isDouble: false, databasePrefix, [Symbol.asyncDispose]: async () => {} };
  }
  if (double === undefined) throw new Error("There is no MongoDB: set MONGODB_URL, or install the stand-in");
  const profile = options.replicaSet === true ? ["--topology-profile=singleNodeReplicaSet"] : [];
  const server = Bun.spawn([double, "--port=0", ...profile], { stdout: "pipe", stderr: "ignore" });
  const url = await urlOf(server.stdout);
  return {
    url,
    isDouble: true,
    databasePrefix,
    async [Symbol.asyncDispose]() {
      server.kill("SIGKILL");
      await server.exited;
    },
  };
}

async function urlOf(output: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const part of output.values({ preventCancel: true })) {
    text += decoder.decode(part, { stream: true });
    const [, url] = /JONGODB_URI=(\S+)\s/.exec(text) ?? [];
    if (url !== undefined) return url;
  }
  throw new Error(`The stand-in did not start: ${text}`);
}

function findDouble(): string | undefined {
  try {
    const manifest = createRequire(import.meta.url).resolve(
      "@jongodb/memory-server-bin-linux-x64-gnu/package.json",
    );
    const program = join(dirname(manifest), "bin", "jongodb");
    return existsSync(program) ? program : undefined;
  } catch {
    return undefined;
  }
}
