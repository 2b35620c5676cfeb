// A Redis of the tests' own, on a free port, that they may kill, start again, or join to a cluster.
import { createServer, type AddressInfo } from "node:net";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onCi } from "./on-ci.ts";
import { until } from "./until.ts";

export interface RedisServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** As a crash would: nothing is kept. */
  kill(): Promise<void>;
  /** Again, at the same port. */
  start(): Promise<void>;
}

export const hasRedis = Bun.which("redis-server") !== null;

if (!hasRedis && onCi) throw new Error("redis-server is missing, and on CI nothing is skipped");

export async function startRedisServer(settings: readonly string[] = []): Promise<RedisServer> {
  const directory = await mkdtemp(join(tmpdir(), "rondo-redis-"));
  const port = await freePort();
  let server: Bun.Subprocess | undefined;

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
      { stdout: "ignore", stderr: "ignore" },
    );
    await until("Redis answers", () => isOpen(port));
  };
  const kill = async (): Promise<void> => {
    server?.kill("SIGKILL");
    await server?.exited;
  };

  await start();
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

async function isOpen(port: number): Promise<boolean> {
  try {
    const socket = await Bun.connect({ hostname: "127.0.0.1", port, socket: { data() {} } });
    socket.end();
    return true;
  } catch {
    return false;
  }
}
