// Checks the dependency rules between the parts of the code, by the imports of each file. Tests and
// test tools are exempt.
import { expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";

const root = resolve(import.meta.dirname, "../../..");
/** The capabilities. Their rules apply to each file in these folders of src. */
const capabilities = [
  "queries",
  "generations",
  "generators",
  "streams",
  "library",
  "businesses",
  "accounts",
  "moves",
  "apps",
  "webhooks",
  "usage",
  "sharing",
  "archives",
  "backups",
  "intake",
  "jobs",
];
/** The other folders of src. Each has a reason why the rules of the capabilities can't apply to it. */
const otherFolders: Readonly<Record<string, string>> = {
  ports: "contains the adapters, which import the drivers; it has its own rules",
  composer: "knows no ports; it has its own rule",
  http: "translates HTTP requests, with Hono",
  cli: "translates commands, and chooses technologies for some of them through src/deps",
  deps: "chooses the technologies",
  doctor: "asks each technology for its findings",
  config: "reads the environment, which capabilities may not",
  process: "starts and stops the processes, and locks files with SQLite",
  bun: "contains the functions that need Bun",
  "generator-check": "is a program that only the command line starts, on Bun and with MongoDB's driver",
  testing: "contains only code for tests",
};
const drivers = [
  "bun:sqlite",
  "postgres",
  "mongodb",
  "ioredis",
  "bullmq",
  "@google-cloud/storage",
  "@neondatabase/serverless",
];

interface Source {
  /** The path from the root, for example src/http/wire.ts. */
  readonly file: string;
  readonly text: string;
  readonly imports: readonly string[];
}

/**
 * Returns the imports of a file: each relative import as a path from the root, each package as it
 * is written.
 */
function importsOf(file: string, text: string): string[] {
  const found = text.matchAll(
    /(?:^|\n)\s*(?:import|export)\s(?:[^;]*?\sfrom\s+)?["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']/g,
  );
  return [...found].map((match) => {
    const name = match[1] ?? match[2] ?? "";
    return name.startsWith(".") ? relative(root, resolve(root, dirname(file), name)) : name;
  });
}

function readSources(): Source[] {
  const files = ["src", "jobs", "web"]
    .filter((folder) => existsSync(join(root, folder)))
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
        .filter((name) => /\.tsx?$/.test(name) && !/(^|\/)(dist|node_modules)\//.test(name))
        .map((name) => join(folder, name)),
    );
  return files.map((file) => {
    const text = readFileSync(join(root, file), "utf8");
    return { file, text, imports: importsOf(file, text) };
  });
}

const sources = readSources();
const isTest = ({ file }: Source) => /\.test\.tsx?$|\/contract\.ts$|^src\/testing\/|\/fixtures\//.test(file);
const code = sources.filter((source) => !isTest(source));

const offences = (within: (file: string) => boolean, isForbidden: (name: string, file: string) => boolean) =>
  code
    .filter(({ file }) => within(file))
    .flatMap(({ file, imports }) =>
      imports.filter((name) => isForbidden(name, file)).map((name) => `${file} → ${name}`),
    );

const isPort = (file: string) => {
  const [, port, name] = /^src\/ports\/([^/]+)\/([^/]+)\.ts$/.exec(file) ?? [];
  return port !== undefined && port === name;
};
/**
 * Each technology has a folder below its port, for example src/ports/chunk-store/sqlite. Every
 * other file of the port belongs to the port itself.
 */
const isAdapter = (file: string) => /^src\/ports\/[^/]+\/[^/]+\//.test(file) && !file.includes("/fixtures/");
const isCapability = (file: string) => capabilities.some((name) => file.startsWith(`src/${name}/`));

test("the rules are applied to the real source files", () => {
  expect(code.length).toBeGreaterThan(50);
  expect(code.filter(({ file }) => isPort(file)).length).toBeGreaterThanOrEqual(5);
  expect(
    importsOf("src/a/b.ts", 'import type { X } from "../c.ts";\nexport * from "./d.ts";\nimport "hono";'),
  ).toEqual(["src/c.ts", "src/a/d.ts", "hono"]);
});

test("each folder of src is either a documented capability or a folder with a stated reason", () => {
  const folders = readdirSync(join(root, "src"), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
  expect([...capabilities, ...Object.keys(otherFolders)].toSorted()).toEqual(folders.toSorted());
  const [, listed = ""] =
    /A \*\*capability\*\* \(([^)]+)\)/.exec(readFileSync(join(root, "docs/architecture.md"), "utf8")) ?? [];
  expect(listed.match(/[\w-]+(?=`)/g)?.toSorted()).toEqual(capabilities.toSorted());
});

test("of the files of a port, only open.ts may import drivers and adapters", () => {
  const ofPort = (file: string) =>
    file.startsWith("src/ports/") &&
    !file.startsWith("src/ports/drivers/") &&
    !file.endsWith("/open.ts") &&
    !isAdapter(file);
  const bad = offences(ofPort, (name) => drivers.includes(name) || isAdapter(name));
  expect(bad).toEqual([]);
});

/** The files outside src/ports that any adapter may import. */
const shared: readonly string[] = [
  "src/errors.ts",
  "src/maybe-promise.ts",
  "src/make-once.ts",
  "src/counted.ts",
];

test("an adapter imports no code of HTTP, commands, jobs or capabilities", () => {
  const bad = offences(isAdapter, (name, file) => {
    if (!name.startsWith("src/"))
      return name === "hono" || name.startsWith("hono/") || name.startsWith("jobs/");
    const folder = dirname(file).split("/").slice(0, 3).join("/");
    if (name.startsWith(`${folder}/`) || shared.includes(name)) return false;
    // Adapters of one technology share code in src/ports/drivers, and all adapters share the files in src/ports.
    if (name.startsWith("src/ports/drivers/") || /^src\/ports\/[^/]+\.ts$/.test(name)) return false;
    // A provisioner opens the databases that it creates.
    if (folder === "src/ports/business-provisioner" && name.startsWith("src/ports/database/")) return false;
    return !(folder === "src/ports/generator" && name.startsWith("src/composer/"));
  });
  expect(bad).toEqual([]);
});

/** The packages that adapters may import, each with the technologies (the folder names) whose adapters import it. */
const technologiesOf: Readonly<Record<string, readonly string[]>> = {
  "bun:sqlite": ["sqlite"],
  postgres: ["postgres"],
  mongodb: ["mongodb"],
  ioredis: ["redis", "bullmq"],
  bullmq: ["bullmq"],
  "@bull-board/api": ["bullmq"],
  "@google-cloud/storage": ["gcs"],
  "@neondatabase/serverless": ["neon"],
  "@neondatabase/api-client": ["neon"],
  nodemailer: ["smtp"],
  kysely: ["sqlite", "postgres", "neon"],
  "lru-cache": ["memory", "file"],
};

test("an adapter imports only the packages of its own technology", () => {
  const nameOf = (name: string) =>
    name.startsWith("@") ? name.split("/").slice(0, 2).join("/") : name.split("/")[0]!;
  const isPackage = (name: string) =>
    !/^(src|jobs|web|migrations)\//.test(name) && !name.startsWith("node:") && name !== "bun";
  const imported = new Set<string>();
  const bad = offences(isAdapter, (name, file) => {
    if (!isPackage(name)) return false;
    imported.add(nameOf(name));
    return !(technologiesOf[nameOf(name)] ?? []).includes(file.split("/")[3]!);
  });
  expect(bad).toEqual([]);
  expect([...imported].toSorted()).toEqual(Object.keys(technologiesOf).toSorted());
});

test("the composer imports only its own files and errors.ts from src", () => {
  const bad = offences(
    (file) => file.startsWith("src/composer/"),
    (name) => name.startsWith("src/") && !name.startsWith("src/composer/") && name !== "src/errors.ts",
  );
  expect(bad).toEqual([]);
});

test("a capability imports neither drivers nor adapters, and no code of HTTP, commands or jobs", () => {
  const bad = offences(
    isCapability,
    (name) =>
      name === "hono" ||
      name.startsWith("hono/") ||
      drivers.includes(name) ||
      isAdapter(name) ||
      name.startsWith("src/http/") ||
      name.startsWith("src/cli/") ||
      name.startsWith("jobs/") ||
      name.startsWith("src/deps/"),
  );
  expect(bad).toEqual([]);
});

test("code outside src/ports imports adapters only through the open.ts of their port", () => {
  // The doctor is exempt, because it imports SQLite's adapter to inspect the files of businesses.
  // Only SQLite has such files.
  const bad = offences(
    (file) => !file.startsWith("src/ports/") && !file.startsWith("src/doctor/"),
    isAdapter,
  );
  expect(bad).toEqual([]);
});

/**
 * Returns the drivers that are loaded together with this file, because the file imports them itself
 * or imports a file of src that does. Type imports and `import()` don't count.
 */
function driversLoadedBy(file: string, seen = new Set<string>()): readonly string[] {
  seen.add(file);
  const text = sources.find((source) => source.file === file)?.text ?? "";
  const loaded = importsOf(file, text.replace(/^import type .*$|import\(/gm, "")).filter(
    (name) => !seen.has(name),
  );
  return loaded.flatMap((name) =>
    drivers.includes(name) ? [name] : name.startsWith("src/") ? driversLoadedBy(name, seen) : [],
  );
}

/**
 * These folders need no index.ts, because the list in an open.ts does not contain them: only Neon's
 * provisioner opens Neon databases; language models have only one technology; and `remote` is code
 * that several generators share.
 */
const withoutFrontDoor = [
  "src/ports/database/neon",
  "src/ports/language-model/chat-completions",
  "src/ports/generator/remote",
];

test("the open.ts of a port can import every adapter without loading a driver", () => {
  const folders = new Set(
    code
      .map(({ file }) => file)
      .filter((file) => isAdapter(file) && file.split("/").length === 5)
      .map((file) => dirname(file)),
  );
  for (const folder of folders) {
    if (existsSync(join(root, folder, "store.ts")))
      expect(existsSync(join(root, folder, "verified.json"))).toBe(true);
    if (withoutFrontDoor.includes(folder)) continue;
    const port = dirname(folder);
    const open = code.find(({ file }) => file === `${port}/open.ts`);
    expect(open?.imports ?? []).toContain(`${folder}/index.ts`);
    expect(driversLoadedBy(`${folder}/index.ts`)).toEqual([]);
  }
});

test("the HTTP layer and the capabilities use no API of Bun", () => {
  const bad = code
    .filter(({ file }) => file === "src/app.ts" || file.startsWith("src/http/") || isCapability(file))
    .filter(({ text, imports }) => /\bBun\./.test(text) || imports.some((name) => name.startsWith("bun")))
    .map(({ file }) => file);
  expect(bad).toEqual([]);
});

test("the web app imports only types from the server", () => {
  const bad = code
    .filter(({ file }) => file.startsWith("web/") && !file.startsWith("web/test/"))
    .flatMap(({ file, text }) =>
      importsOf(file, text.replace(/import type\s[^;]*;/g, "")).map((name) => ({ file, name })),
    )
    .filter(({ name }) => name.startsWith("src/") || name.startsWith("jobs/"))
    .map(({ file, name }) => `${file} → ${name}`);
  expect(bad).toEqual([]);
});

test("outside the web app, only config.ts reads environment variables", () => {
  const readers = code
    .filter(({ file }) => !file.startsWith("web/"))
    .filter(({ text }) => /\b(process|Bun)\.env\b/.test(text))
    .map(({ file }) => file);
  expect(readers).toEqual(["src/config/config.ts"]);
});

test("no two files import each other, directly or indirectly", () => {
  const graph = new Map(
    code.map(({ file, imports }) => [file, imports.filter((name) => /^(src|jobs|web)\//.test(name))]),
  );
  const done = new Set<string>();
  const cycles: string[] = [];
  const visit = (file: string, trail: readonly string[]) => {
    if (trail.includes(file)) {
      cycles.push([...trail.slice(trail.indexOf(file)), file].join(" → "));
      return;
    }
    if (done.has(file)) return;
    for (const next of graph.get(file) ?? []) visit(next, [...trail, file]);
    done.add(file);
  };
  for (const file of graph.keys()) visit(file, []);
  expect(cycles).toEqual([]);
});
