// bun run adapters: runs every adapter's tests and writes what passed, and against what, into docs/reference/adapters.md.
import { Database } from "bun:sqlite";
import { join } from "node:path";
import postgres from "postgres";
import manifest from "../../../package.json";
import { createTemporaryDirectory } from "../temporary-directory.ts";

interface Adapter {
  readonly port: string;
  readonly technology: string;
  /** Below src/ports/<port>/, without .test.ts. */
  readonly file: string;
  readonly server: () => string | Promise<string>;
  readonly unverified: string;
}

const root = join(import.meta.dirname, "../../..");
const postgresUrl = Bun.env.RONDO_TEST_POSTGRES_URL ?? "postgres://root@127.0.0.1:5432/test";

const sqlite = () => {
  const db = new Database(":memory:");
  const { version } = db.query("select sqlite_version() as version").get() as { version: string };
  return `SQLite ${version}, in Bun ${Bun.version}`;
};
const postgresServer = async () => {
  const client = postgres(postgresUrl, { max: 1, onnotice: () => {} });
  const [row] = await client<{ server_version: string }[]>`show server_version`;
  await client.end({ timeout: 1 });
  return `PostgreSQL ${row?.server_version.split(" ")[0]}`;
};
const redis = () =>
  `Redis ${/v=(\S+)/.exec(Bun.spawnSync(["redis-server", "--version"]).stdout.toString())?.[1]}`;
const mongo = () =>
  Bun.env.MONGODB_URL === undefined
    ? `a double in memory (jongodb ${manifest.devDependencies["@jongodb/memory-server-bin-linux-x64-gnu"]})`
    : "the MongoDB at MONGODB_URL";
const neon = async () => `stand-ins of ours before ${await postgresServer()}`;
const none = () => "–";

const adapters: readonly Adapter[] = [
  { port: "database", technology: "SQLite", file: "sqlite", server: sqlite, unverified: "" },
  {
    port: "database",
    technology: "Postgres",
    file: "postgres",
    server: postgresServer,
    unverified: "a managed Postgres behind a pooler",
  },
  {
    port: "database",
    technology: "Neon",
    file: "neon",
    server: neon,
    unverified: "Neon itself: its relay, its HTTP endpoint, a compute that sleeps",
  },
  { port: "business-provisioner", technology: "SQLite", file: "sqlite", server: sqlite, unverified: "" },
  {
    port: "business-provisioner",
    technology: "Postgres",
    file: "postgres",
    server: postgresServer,
    unverified: "the administrator's role of a managed Postgres",
  },
  {
    port: "business-provisioner",
    technology: "Neon",
    file: "neon",
    server: neon,
    unverified: "Neon's management API: its limits and its times",
  },
  { port: "chunk-store", technology: "SQLite", file: "sqlite", server: sqlite, unverified: "" },
  {
    port: "chunk-store",
    technology: "MongoDB",
    file: "mongodb",
    server: mongo,
    unverified: "MongoDB itself and Atlas: transactions, users, TTL indexes",
  },
  {
    port: "chunk-store",
    technology: "MongoDB, watching",
    file: "mongodb-watch",
    server: mongo,
    unverified: "change streams of a real replica set",
  },
  { port: "chunk-cache", technology: "memory", file: "memory", server: none, unverified: "" },
  {
    port: "chunk-cache",
    technology: "Redis",
    file: "redis",
    server: redis,
    unverified: "Memorystore, Upstash, a cluster across machines",
  },
  { port: "rate-limiter", technology: "memory", file: "memory", server: none, unverified: "" },
  {
    port: "rate-limiter",
    technology: "Redis",
    file: "redis",
    server: redis,
    unverified: "Memorystore, Upstash, a cluster across machines",
  },
  { port: "job-queue", technology: "SQLite", file: "sqlite", server: sqlite, unverified: "" },
  {
    port: "job-queue",
    technology: "BullMQ",
    file: "bullmq",
    server: () => `BullMQ ${manifest.dependencies.bullmq}, ${redis()}`,
    unverified: "Memorystore, Upstash, a Redis that fails over",
  },
  {
    port: "object-store",
    technology: "files",
    file: "file",
    server: () => `a local file system (${process.platform})`,
    unverified: "a network file system",
  },
  {
    port: "object-store",
    technology: "Google Cloud Storage",
    file: "gcs",
    server: () => "a server of ours that speaks the JSON API",
    unverified: "Google Cloud Storage itself: credentials, rights, quotas",
  },
  {
    port: "generator",
    technology: "built in",
    file: "builtin",
    server: none,
    unverified: "",
  },
];

interface Case {
  readonly name: string;
  readonly outcome: "passed" | "failed" | "skipped";
}

async function casesOf({ port, file }: Adapter): Promise<readonly Case[]> {
  await using directory = await createTemporaryDirectory();
  const report = join(directory.path, "report.xml");
  const test = `./src/ports/${port}/${file}.test.ts`;
  const child = Bun.spawn(
    [
      ...[process.execPath, "test", "--timeout=60000", "--reporter=junit"],
      ...[`--reporter-outfile=${report}`, test],
    ],
    { cwd: root, stdout: "ignore", stderr: "ignore" },
  );
  await child.exited;
  const text = await Bun.file(report).text();
  return [...text.matchAll(/<testcase name="([^"]*)"[^>]*?(?:\/>|>([\s\S]*?)<\/testcase>)/g)].map(
    ([, name = "", inside = ""]) => ({
      name: unescaped(name),
      outcome: inside.includes("<failure") ? "failed" : inside.includes("<skipped") ? "skipped" : "passed",
    }),
  );
}

const entities: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  "#39": "'",
};
const unescaped = (text: string): string => text.replace(/&(#?\w+);/g, (all, name) => entities[name] ?? all);

async function contractOf(port: string): Promise<ReadonlySet<string>> {
  const text = await Bun.file(join(root, `src/ports/${port}/contract.ts`)).text();
  return new Set(
    [...text.matchAll(/\btest\(\s*(?:"((?:[^"\\]|\\.)*)"|`([^`]*)`)/g)].map(([, a, b]) => a ?? b ?? ""),
  );
}

const counted = (cases: readonly Case[]): string => {
  const of = (outcome: Case["outcome"]) => cases.filter((one) => one.outcome === outcome).length;
  const [passed, failed, skipped] = [of("passed"), of("failed"), of("skipped")];
  return [
    `${passed}`,
    ...(failed > 0 ? [`**${failed} failed**`] : []),
    ...(skipped > 0 ? [`${skipped} skipped`] : []),
  ].join(", ");
};

async function rowOf(adapter: Adapter): Promise<string> {
  const [cases, contract] = [await casesOf(adapter), await contractOf(adapter.port)];
  const [ofContract, own] = [
    cases.filter(({ name }) => contract.has(name)),
    cases.filter(({ name }) => !contract.has(name)),
  ];
  const { port, technology, unverified } = adapter;
  const cells = [port, technology, counted(ofContract), counted(own), await adapter.server(), unverified];
  return `| ${cells.join(" | ")} |`;
}

if (import.meta.main) {
  const rows: string[] = [];
  for (const adapter of adapters) {
    rows.push(await rowOf(adapter));
    console.log(rows.at(-1));
  }
  const head =
    "| Port | Technology | Contract cases passed | Cases of its own | Ran against | Not verified on |";
  const table = [head, "| --- | --- | --- | --- | --- | --- |", ...rows].join("\n");
  const file = join(root, "docs/reference/adapters.md");
  const text = await Bun.file(file).text();
  await Bun.write(
    file,
    text.replace(/(<!-- table -->\n)[\s\S]*?(\n<!-- end -->)/, (_, from, to) => `${from}\n${table}\n${to}`),
  );
}
