// Compares the deployment files with the code: the files that they name exist, and Rondo accepts the settings in
// compose.yaml. The test finds a misspelled name of a variable only if the name begins with RONDO_. The test does not
// run Docker.
import { expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readConfig } from "../../config/config.ts";
import { findUnknownVariables } from "../../config/unknown-variables.ts";

setDefaultTimeout(60_000);

const root = join(import.meta.dirname, "../../..");
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
const example = new Set(
  [...read("deploy/example.env").matchAll(/^(?:# )?([A-Z_]+)=/gm)].map(([, name]) => name),
);
/**
 * Replaces the variables as Docker Compose does. The master key is replaced by 32 zero bytes in base64. Any other
 * variable is replaced by its default, or by a fixed text if the variable has no default.
 */
const filled = (text: string): string =>
  text.replace(/\$\{([A-Z_]+)(?::-([^}]*))?[^}]*\}/g, (_, name: string, fallback?: string) =>
    name === "RONDO_MASTER_KEY" ? Buffer.alloc(32).toString("base64") : (fallback ?? "0123456789abcdef"),
  );

test("compose.yaml defines the processes and the stores of the full profile", () => {
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

test("Rondo accepts the settings in compose.yaml as settings of the full profile", () => {
  for (const name of ["api-1", "api-2", "jobs-1", "jobs-2"]) {
    const environment = compose.services[name]?.environment ?? {};
    expect(findUnknownVariables(environment)).toEqual([]);
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

test("everything that compose.yaml refers to exists", () => {
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
  expect(findUnknownVariables(Object.fromEntries([...example].map((name) => [name, ""])))).toEqual([]);
});

test("every service in compose.yaml has limits for its memory and its logs", () => {
  for (const [name, service] of services) {
    const { mem_limit, logging, cap_drop, ulimits, healthcheck } = service;
    expect([name, mem_limit, logging?.options?.["max-size"], cap_drop]).toEqual([
      name,
      expect.stringMatching(/^\d+[mg]$/),
      expect.stringMatching(/^\d+m$/),
      ["ALL"],
    ]);
    // The service "bucket" creates the bucket and ends. All others are long-running.
    if (name === "bucket") continue;
    expect([name, (ulimits?.nofile?.soft ?? 0) >= 65_536]).toEqual([name, true]);
    // The emulator's image has no program for a health check.
    if (name !== "objects") expect([name, healthcheck?.test[0]]).toEqual([name, "CMD"]);
  }
});

test("every file that the Dockerfile copies exists", () => {
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
  // 1.4.5 is also the Bun version that package.json requires.
  expect(new Set(dockerfile.match(/oven\/bun:[\d.]+/g))).toEqual(new Set(["oven/bun:1.4.5"]));
});
