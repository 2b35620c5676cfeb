// Serves the API on a real socket, for tests that examine raw responses, for example the header Content-Length. The API
// uses the stores of a studio, which is a business with users and music for tests (see studio.ts).
import { createUserToken } from "../accounts/users.ts";
import { createApp } from "../app.ts";
import { createApiDeps } from "../deps/api-deps.ts";
import { recordedGenerator } from "./sound/recorded-generator.ts";
import { createStudio } from "./studio.ts";
import { silentLog } from "./test-stores.ts";

export interface RawAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array<ArrayBuffer>;
}

export async function createServedStudio(environment: Record<string, string> = {}) {
  const studio = await createStudio(environment);
  const deps = await createApiDeps(studio.stores.config, silentLog);
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    development: false,
    // The default of Bun would end requests that wait longer than ten seconds for a file.
    idleTimeout: 255,
    fetch: createApp(deps).fetch,
  });
  const { token } = await createUserToken(
    deps,
    { kind: "business", businessId: studio.business.id, keyId: "test" },
    { userId: "alice", expiresInSeconds: 3_600 },
  );
  return {
    studio,
    deps,
    url: server.url.href.replace(/\/$/, ""),
    token,
    async make(mp3: Uint8Array, title = "a piece") {
      const started = await studio.start({ prompt: title });
      await studio.run(started, { generator: recordedGenerator(mp3, title) });
      return started;
    },
    /** Sends a request as alice, and returns the raw response up to the end of the connection. */
    ask: (method: string, path: string, headers: Record<string, string> = {}) =>
      askRaw(server.port!, method, path, { authorization: `Bearer ${token}`, ...headers }),
    async [Symbol.asyncDispose]() {
      await server.stop(true);
      await deps.close();
      await studio[Symbol.asyncDispose]();
    },
  };
}

async function askRaw(
  port: number,
  method: string,
  path: string,
  headers: Record<string, string>,
): Promise<RawAnswer> {
  const parts: Buffer[] = [];
  const closed = Promise.withResolvers<void>();
  await Bun.connect({
    hostname: "127.0.0.1",
    port,
    socket: {
      open(socket) {
        const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
        socket.write(
          `${method} ${path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nconnection: close\r\n${lines.join("")}\r\n`,
        );
      },
      data: (_, bytes) => void parts.push(Buffer.from(bytes)),
      close: () => closed.resolve(),
      error: (_, err) => closed.reject(err),
    },
  });
  await closed.promise;
  const all = Buffer.concat(parts);
  const end = all.indexOf("\r\n\r\n");
  const [first = "", ...lines] = all.toString("latin1", 0, end).split("\r\n");
  return {
    status: Number(first.split(" ")[1]),
    headers: new Headers(lines.map((line) => [line.split(": ", 1)[0]!, line.slice(line.indexOf(": ") + 2)])),
    body: new Uint8Array(all.subarray(end + 4)),
  };
}
