// Runs nginx with deploy/nginx.conf, and tests its answers.
import { expect, setDefaultTimeout } from "bun:test";
import { needsTool } from "../runners/needs-tool.ts";
import { startNginxProxy } from "../servers/nginx-proxy.ts";
import { createStreamServer } from "../servers/stream-server.ts";

setDefaultTimeout(60_000);

needsTool("nginx")("the proxy responds with 404 to every spelling of an operator's route", async () => {
  using inside = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response("inside") });
  await using proxy = await startNginxProxy(inside.port!);
  const ask = async (path: string) => {
    // curl sends the path unchanged, but a URL object would normalize the path.
    const args = ["-s", "--path-as-is", "-o", "/dev/null", "-w", "%{http_code}", `${proxy.url}${path}`];
    return new Response(Bun.spawn(["curl", ...args]).stdout).text();
  };
  for (const path of [
    ...["/metrics", "/ready", "/metrics?x=1", "/v1/jobs", "/v1/jobs/board", "/v1/jobs/board/static/x.js"],
    ...[
      "/v1/jobs/counts",
      "/v1/businesses",
      "/v1/businesses/demo/keys",
      "/v1/migrations",
      "/v1/audit",
      "/v1/generators/health",
      "/v1//businesses",
      "//metrics",
    ],
    ...["/v1/%6Aobs", "/x/../metrics", "/v1/./businesses", "/%2e/metrics", "/v1%2Fjobs"],
  ])
    expect([path, await ask(path)]).toEqual([path, "404"]);
  for (const path of ["/", "/health", "/v1/queries/tracks.list", "/v1/generations", "/v1/jobsite", "/docs"])
    expect([path, await ask(path)]).toEqual([path, "200"]);
});

// Bun would treat the trailers as the next request.
needsTool("nginx")("the proxy removes the trailers after the body of a request", async () => {
  await using server = await createStreamServer();
  await using proxy = await startNginxProxy(server.port);
  const answers = Promise.withResolvers<string>();
  let text = "";
  const body = "3\r\nabc\r\n0\r\nX-Checksum: 1\r\n\r\n";
  const head = "Host: x\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\nTrailer: X-Checksum";
  const last = "GET /v1/stream/song HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
  await Bun.connect({
    hostname: "127.0.0.1",
    port: proxy.port,
    socket: {
      open: (socket) => void socket.write(`PUT /v1/stream/song HTTP/1.1\r\n${head}\r\n\r\n${body}${last}`),
      data: (_, bytes) => {
        text += bytes.toString();
      },
      close: () => answers.resolve(text),
    },
  });
  expect((await answers.promise).match(/HTTP\/1\.1 \d+/g)).toEqual(["HTTP/1.1 201", "HTTP/1.1 200"]);
  expect(text).toEndWith("\r\n\r\nabc");
});
