// Implements `bun run adapters`, which runs the tests of every adapter that has a `verified.json`,
// and writes the results and the versions of the servers into docs/reference/adapters.md. A failed
// test is shown in the table, and does not make the command fail.
import { Database } from "bun:sqlite";
import { dirname, join } from "node:path";
import postgres from "postgres";
import manifest from "../../../package.json";
import { markdownTable, withTable } from "../../markdown-table.ts";
import { createTemporaryDirectory } from "../temporary-directory.ts";

/** A row of the table, as `verified.json` in the adapter's folder describes it. */
interface Verified {
  readonly technology: string;
  /** The path of the test in the same folder. */
  readonly test: string;
  /** A name in `servers`, or the description of another server, which is shown unchanged. */
  readonly ranAgainst: string;
  readonly notVerifiedOn: string;
}

interface Adapter extends Verified {
  readonly port: string;
  readonly folder: string;
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
    ? `a stand-in in memory (jongodb ${manifest.devDependencies["@jongodb/memory-server-bin-linux-x64-gnu"]})`
    : "the MongoDB at MONGODB_URL";
const neon = async () => `our stand-in for Neon, over ${await postgresServer()}`;

/** The versions of the servers that the adapters' tests use, by the names in `verified.json`. */
const servers: Readonly<Record<string, () => string | Promise<string>>> = {
  sqlite,
  postgres: postgresServer,
  neon,
  mongodb: mongo,
  redis,
  bullmq: () => `BullMQ ${manifest.dependencies.bullmq}, ${redis()}`,
  files: () => `a local file system (${process.platform})`,
  nothing: () => "–",
};

/** Finds all adapters, sorted by port and then by folder. */
export async function findAdapters(): Promise<readonly Adapter[]> {
  const files = [...new Bun.Glob("*/*/verified.json").scanSync(join(root, "src/ports"))].sort();
  const found = await Promise.all(
    files.map(async (file) => {
      const rows = (await Bun.file(join(root, "src/ports", file)).json()) as readonly Verified[];
      return rows.map((row) => ({ ...row, port: dirname(dirname(file)), folder: dirname(file) }));
    }),
  );
  return found.flat();
}

interface Case {
  readonly name: string;
  readonly outcome: "passed" | "failed" | "skipped";
}

async function casesOf({ folder, test: file }: Adapter): Promise<readonly Case[]> {
  await using directory = await createTemporaryDirectory();
  const report = join(directory.path, "report.xml");
  const test = `./src/ports/${folder}/${file}`;
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

/**
 * Reads the names of a port's contract tests from the source. Returns a function that tells whether
 * a case with this name belongs to the contract of the port. A placeholder in the name of a test,
 * such as `${…}` or `%s`, stands for any text.
 */
export async function contractOf(port: string): Promise<(name: string) => boolean> {
  const folder = join(root, "src/ports", port);
  const files = [...new Bun.Glob("contract*.ts").scanSync(folder)];
  const text = (await Promise.all(files.map((file) => Bun.file(join(folder, file)).text()))).join("\n");
  const names = [...text.matchAll(titles)].map(([, quoted, template = ""]) =>
    quoted === undefined ? template : (JSON.parse(`"${quoted}"`) as string),
  );
  const patterns = names.map((name) => new RegExp(`^${name.split(placeholders).map(escaped).join(".*")}$`));
  return (name) => patterns.some((pattern) => pattern.test(name));
}

/** Matches the title of `test` or `test.each`, as a quoted text or as a template. */
const titles = /\btest(?:\.each\(\[[\s\S]*?\]\))?\(\s*(?:"((?:[^"\\]|\\.)*)"|`([^`]*)`)/g;
/** Matches a placeholder in a title: `%s` and similar ones in `test.each`, or `${…}` in a template. */
const placeholders = /%[a-z]|\$\{[^}]*\}/;
const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

const counted = (cases: readonly Case[]): string => {
  const of = (outcome: Case["outcome"]) => cases.filter((one) => one.outcome === outcome).length;
  const [passed, failed, skipped] = [of("passed"), of("failed"), of("skipped")];
  return [
    `${passed}`,
    ...(failed > 0 ? [`**${failed} failed**`] : []),
    ...(skipped > 0 ? [`${skipped} skipped`] : []),
  ].join(", ");
};

async function rowOf(adapter: Adapter): Promise<readonly string[]> {
  const [cases, isOfContract] = [await casesOf(adapter), await contractOf(adapter.port)];
  const [ofContract, own] = [
    cases.filter(({ name }) => isOfContract(name)),
    cases.filter(({ name }) => !isOfContract(name)),
  ];
  const { port, technology, ranAgainst, notVerifiedOn } = adapter;
  const server = (await servers[ranAgainst]?.()) ?? ranAgainst;
  const cells = [port, technology, counted(ofContract), counted(own), server, notVerifiedOn];
  return cells;
}

if (import.meta.main) {
  const rows: (readonly string[])[] = [];
  for (const adapter of await findAdapters()) {
    const row = await rowOf(adapter);
    rows.push(row);
    console.log(row.join(" | "));
  }
  const head = [
    "Port",
    "Technology",
    "Contract cases passed",
    "Cases of its own",
    "Ran against",
    "Not verified on",
  ];
  const file = join(root, "docs/reference/adapters.md");
  await Bun.write(file, withTable(await Bun.file(file).text(), markdownTable([head, ...rows])));
}
