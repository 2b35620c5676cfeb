// Serves a request handler on a free port of this machine. If the handler or the body of its response fails, the
// connection is cut, and no error is printed.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";

export type Handle = (request: Request) => Promise<Response>;

export interface ServedHandler extends AsyncDisposable {
  readonly url: string;
}

export async function serve(handle: Handle): Promise<ServedHandler> {
  const server = createServer((req, res) => {
    void answer(handle, req, res).catch(() => res.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function answer(handle: Handle, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const body = await buffer(req);
  const response = await handle(
    new Request(`http://${req.headers.host}${req.url}`, {
      method: req.method ?? "GET",
      headers: Object.entries(req.headers).map(([name, value]): [string, string] => [name, String(value)]),
      ...(body.length > 0 ? { body: new Uint8Array(body) } : {}),
    }),
  );
  res.writeHead(response.status, Object.fromEntries(response.headers));
  if (response.body === null) res.end();
  else await pipeline(Readable.fromWeb(response.body as never), res);
}
