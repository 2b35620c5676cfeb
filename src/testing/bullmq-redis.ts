// A Redis server of our own for a test: it can be stopped, killed, frozen and started again on the same port.
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { until } from "./until.ts";

export interface RedisServer extends AsyncDisposable {
  readonly url: string;
  start(): Promise<void>;
  kill(signal?: NodeJS.Signals): Promise<void>;
}

export async function startRedisServer(settings: readonly string[] = []): Promise<RedisServer> {
  const folder = mkdtempSync(join(tmpdir(), "rondo-redis-"));
  const port = await freePort();
  let child: ReturnType<typeof Bun.spawn> | undefined;

  async function start(): Promise<void> {
    const fixed = [
      "--port",
      `${port}`,
      "--bind",
      "127.0.0.1",
      "--dir",
      folder,
      "--save",
      "",
      "--appendonly",
      "yes",
    ];
    child = Bun.spawn(["redis-server", ...fixed, "--appendfsync", "always", ...settings], {
      stdout: "ignore",
      stderr: "inherit",
    });
    await until("redis answers", () => answers(port), 10_000);
  }

  await start();
  return {
    url: `redis://127.0.0.1:${port}`,
    start,
    async kill(signal = "SIGKILL") {
      child?.kill(signal);
      if (signal === "SIGKILL" || signal === "SIGTERM") await child?.exited;
    },
    async [Symbol.asyncDispose]() {
      child?.kill("SIGKILL");
      await child?.exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

async function answers(port: number): Promise<boolean> {
  const reply = Promise.withResolvers<boolean>();
  const socket = await Bun.connect({
    hostname: "127.0.0.1",
    port,
    socket: {
      open: (open) => void open.write("PING\r\n"),
      data: (_, bytes) => reply.resolve(/^(\+PONG|-NOAUTH)/.test(bytes.toString())),
      close: () => reply.resolve(false),
      error: () => reply.resolve(false),
    },
  }).catch(() => undefined);
  if (socket === undefined) return false;
  const answer = await reply.promise;
  socket.end();
  return answer;
}
