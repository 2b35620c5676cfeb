// Compares the deployment files with the code: every path and every setting exists, and nginx accepts its configuration. The test does not run Docker.
import { expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readConfig } from "../config/config.ts";
import { needsTool } from "./runners/needs-tool.ts";
import { startNginxProxy } from "./servers/nginx-proxy.ts";
import { createStreamServer } from "./servers/stream-server.ts";

setDefaultTimeout(30_000);

const root = join(import.meta.dirname, "../..");
const read = (file: string): string => readFileSync(join(root, file), "utf8");

interface Service {
  readonly image?: string;
  readonly build?: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes?: readonly string[];
  readonly mem_limit?: string;
  readonly logging?: { readonly options?: Readonly<Record<string, string>> };
  readonly cap_drop?: readonly string[];
  readonly ulimits?: { readonly nofile?: { readonly soft: number } };
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
}
interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

const compose = Bun.YAML.parse(read("compose.yaml")) as Compose;
const services = Object.entries(compose.services);
const example = new Set([...read("deploy/example.env").matchAll(/^([A-Z_]+)=/gm)].map(([, name]) => name));
/** Replaces the variables as compose does; each secret has 32 bytes. */
const filled = (text: string): string =>
  text.replace(/\$\{([A-Z_]+)(?::-([^}]*))?[^}]*\}/g, (_, name: string, fallback?: string) =>
    name === "RONDO_MASTER_KEY" ? Buffer.alloc(32).toString("base64") : (fallback ?? "0123456789abcdef"),
  );

test("compose.yaml defines two APIs, two workers, a proxy, and every store of the full profile", () => {
  const commands = services.map(([, { command = [] }]) => command.join(" "));
  expect(commands.filter((command) => command === "bun src/main.ts")).toHaveLength(2);
  expect(commands.filter((command) => command === "bun jobs/main.ts")).toHaveLength(2);
  const images = services.map(([, { image = "" }]) => image.split(":")[0]);
  for (const image of ["postgres", "mongo", "redis", "nginx", "fsouza/fake-gcs-server"]) {
    expect(images).toContain(image);
  }
  for (const [name, { image = "", build }] of services)
    if (build === undefined) expect({ name, pinned: /:\d/.test(image) }).toEqual({ name, pinned: true });
});

test("Rondo accepts the settings in compose.yaml, and they are those of the full profile", () => {
  for (const name of ["api-1", "api-2", "jobs-1", "jobs-2"]) {
    const environment = compose.services[name]?.environment ?? {};
    const config = readConfig(
      Object.fromEntries(Object.entries(environment).map(([key, value]) => [key, filled(value)])),
    );
    expect([
      config.controlUrl.scheme,
      config.businessUrl.scheme,
      config.chunksUrl.scheme,
      config.cacheUrl.scheme,
      config.queueUrl.scheme,
      config.objectsUrl.scheme,
    ]).toEqual(["postgres", "postgres", "mongodb", "redis", "redis", "gs"]);
    expect(config.cacheUrl.location).not.toBe(config.queueUrl.location);
    for (const url of [config.controlUrl, config.chunksUrl, config.cacheUrl, config.queueUrl])
      expect(Object.keys(compose.services)).toContain(new URL(url.location).hostname);
  }
});

test("every file, volume, service and variable that compose.yaml names exists", () => {
  for (const [, { volumes = [], depends_on = {}, build }] of services) {
    for (const name of Object.keys(depends_on)) expect(Object.keys(compose.services)).toContain(name);
    if (build !== undefined) expect(existsSync(join(root, build, "Dockerfile"))).toBe(true);
    for (const volume of volumes) {
      const [source = ""] = volume.split(":");
      if (source.startsWith("./"))
        expect({ source, there: existsSync(join(root, source)) }).toEqual({ source, there: true });
      else expect(Object.keys(compose.volumes)).toContain(source);
    }
  }
  const required = [...read("compose.yaml").matchAll(/\$\{([A-Z_]+):\?/g)].map(([, name]) => name);
  expect(required.length).toBeGreaterThanOrEqual(4);
  for (const name of required) expect([...example]).toContain(name);
});

test("each service in compose.yaml has limits of memory and logs and no unneeded capabilities, and each long-running one has a health check", () => {
  for (const [name, service] of services) {
    const { mem_limit, logging, cap_drop, ulimits, healthcheck } = service;
    expect([name, mem_limit, logging?.options?.["max-size"], cap_drop]).toEqual([
      name,
      expect.stringMatching(/^\d+[mg]$/),
      expect.stringMatching(/^\d+m$/),
      ["ALL"],
    ]);
    if (name === "bucket") continue;
    expect([name, (ulimits?.nofile?.soft ?? 0) >= 65_536]).toEqual([name, true]);
    // The emulator's image has no program for a health check.
    if (name !== "objects") expect([name, healthcheck?.test[0]]).toEqual([name, "CMD"]);
  }
});

test("the files that the Dockerfile copies and starts exist, and the image runs as an unprivileged user", () => {
  const dockerfile = read("Dockerfile");
  const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+)$/gm)].flatMap(([, names = ""]) =>
    names.split(" ").slice(0, -1),
  );
  expect(copied.length).toBeGreaterThan(10);
  for (const name of copied)
    expect({ name, there: existsSync(join(root, name)) }).toEqual({ name, there: true });
  for (const folder of ["src", "jobs", "migrations", "query-specs"]) expect(copied).toContain(folder);
  expect(dockerfile).toMatch(/^USER bun$/m);
  expect(dockerfile).toMatch(/^CMD \["bun", "src\/main.ts"\]$/m);
  // The Dockerfile has the same Bun version as the project's own commands.
  expect(new Set(dockerfile.match(/oven\/bun:[\d.]+/g))).toEqual(new Set(["oven/bun:1.4.5"]));
});

needsTool("nginx")(
  "the proxy blocks the operator's addresses, in any spelling, and forwards all others",
  async () => {
    using inside = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response("inside") });
    await using proxy = await startNginxProxy(inside.port!);
    const ask = async (path: string) => {
      // curl sends the path unchanged, while a URL object would normalize it.
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
  },
);

needsTool("nginx")(
  "the proxy removes the trailers of a body, which Bun would treat as the next request",
  async () => {
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
  },
);
