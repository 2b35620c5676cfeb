// Starts a Redis server for tests on a free port. A test can kill the server, restart it, or join it to a cluster.
import { createServer, type AddressInfo } from "node:net";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { embeddedOnly } from "../embedded-only.ts";
import { onCi } from "../runners/on-ci.ts";

export interface RedisServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** Kills the server as in a crash. Data that is not on the disk is lost; by default, no data is on the disk. */
  kill(): Promise<void>;
  /** Starts the server again on the same port, after `kill`. */
  start(): Promise<void>;
}

export const hasRedis = !embeddedOnly && Bun.which("redis-server") !== null;

if (!hasRedis && !embeddedOnly && onCi)
  throw new Error("redis-server is missing, and on CI nothing is skipped");

const readyWords = "Ready to accept connections";

/** The settings of Redis for a queue. With these settings, confirmed writes survive `kill`. */
export const keepingAll = ["--appendonly", "yes", "--appendfsync", "always"];

export async function startRedisServer(settings: readonly string[] = []): Promise<RedisServer> {
  const directory = await mkdtemp(join(tmpdir(), "rondo-redis-"));
  let port = await freePort();
  let server: Bun.Subprocess<"ignore", "pipe", "ignore"> | undefined;

  const start = async (): Promise<void> => {
    server = Bun.spawn(
      [
        "redis-server",
        ...[
          "--port",
          String(port),
          "--bind",
          "127.0.0.1",
          "--save",
          "",
          "--appendonly",
          "no",
          "--dir",
          directory,
        ],
        ...settings,
      ],
      { stdout: "pipe", stderr: "ignore" },
    );
    await listening(server.stdout);
  };
  const kill = async (): Promise<void> => {
    server?.kill("SIGKILL");
    await server?.exited;
  };

  // Another program can have taken the port in the meantime. So if the first start fails, one other port is tried.
  await start().catch(async () => {
    port = await freePort();
    await start();
  });
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    kill,
    start,
    async [Symbol.asyncDispose]() {
      await kill();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

/**
 * Resolves when the server is ready, and rejects if the server exits before that. The output is read to its end,
 * because a full pipe would block the server.
 */
function listening(output: ReadableStream<Uint8Array>): Promise<void> {
  const ready = Promise.withResolvers<void>();
  let text = "";
  const read = async () => {
    const decoder = new TextDecoder();
    for await (const part of output) {
      if (!text.includes(readyWords)) text += decoder.decode(part, { stream: true });
      if (text.includes(readyWords)) ready.resolve();
    }
    ready.reject(new Error(`redis-server did not start:\n${text}`));
  };
  void read();
  return ready.promise;
}
