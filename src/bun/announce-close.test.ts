// Tests the Connection header of responses over real sockets.
import { expect, test } from "bun:test";
import { Agent, request } from "node:http";
import { announceClose } from "./announce-close.ts";

test('a response has "Connection: close" when the request has this header or the server is shutting down', async () => {
  let isEnding = false;
  using server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    development: false,
    fetch: announceClose(
      () => new Response("answer"),
      () => isEnding,
    ),
  });
  const connectionOf = async (headers: Record<string, string>) =>
    (await fetch(server.url, { headers })).headers.get("connection");
  expect(await connectionOf({})).not.toBe("close");
  expect(await connectionOf({ connection: "close" })).toBe("close");
  expect(await connectionOf({ connection: "TE, Close" })).toBe("close");
  isEnding = true;
  expect(await connectionOf({})).toBe("close");
});

test('a request that is being answered when the shutdown begins gets "Connection: close"', async () => {
  let isEnding = false;
  const begun = Promise.withResolvers<void>();
  const goOn = Promise.withResolvers<void>();
  using server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    development: false,
    fetch: announceClose(
      async () => {
        begun.resolve();
        await goOn.promise;
        return new Response("answer");
      },
      () => isEnding,
    ),
  });
  const response = fetch(server.url);
  await begun.promise;
  isEnding = true;
  goOn.resolve();
  expect((await response).headers.get("connection")).toBe("close");
});

test('after a request with "Connection: close", a connection pool sends the next request without an error', async () => {
  using server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    development: false,
    fetch: announceClose(async () => new Response("answer")),
  });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const ask = (headers: Record<string, string>) =>
    new Promise<number | undefined>((resolve, reject) => {
      const asking = request(server.url, { agent, headers }, (answer) => {
        answer.resume();
        answer.once("end", () => resolve(answer.statusCode));
      });
      asking.once("error", reject);
      asking.end();
    });
  for (let i = 0; i < 20; i++) expect(await ask(i % 2 === 0 ? { connection: "close" } : {})).toBe(200);
  agent.destroy();
});
