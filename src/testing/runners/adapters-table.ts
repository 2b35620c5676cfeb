// Implements `bun run adapters`, which runs the tests of every adapter that has a `verified.json`, and writes the
// results and the versions of the servers into docs/reference/adapters.md. This takes minutes. `bun run adapters
// chunk-cache/redis` runs only the tests of the named adapters, and keeps the other rows of the table. A failed test is
// shown in the table, and does not make the command fail.
import { Database } from "bun:sqlite";
import { dirname, join } from "node:path";
import postgres from "postgres";
import manifest from "../../../package.json";
import { counted } from "../../counted.ts";
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
 * Reads the names of a port's contract tests from the source. Returns a function that gets the
 * name of a case, and tells whether the case belongs to the contract of the port. A placeholder in the name of a test,
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

const countedCases = (cases: readonly Case[]): string => {
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
  const cells = [port, technology, countedCases(ofContract), countedCases(own), server, notVerifiedOn];
  return cells;
}

/**
 * Returns the row that the page has for the adapter; undefined if it has none. An adapter with two test files has two
 * rows, which differ in their last cell.
 */
export function presentRowOf(
  page: string,
  { port, technology, notVerifiedOn }: Adapter,
): readonly string[] | undefined {
  const rows = page
    .split("\n")
    .filter((line) => line.startsWith("|"))
    .map((line) =>
      line
        .slice(1, -1)
        .split("|")
        .map((cell) => cell.trim()),
    );
  return rows.find((row) => row[0] === port && row[1] === technology && row.at(-1) === notVerifiedOn);
}

if (import.meta.main) {
  const named = process.argv.slice(2);
  const adapters = await findAdapters();
  const unknown = named.filter((name) => !adapters.some(({ folder }) => folder === name));
  if (unknown.length > 0) {
    console.error(
      `There is no adapter ${unknown.join(", ")}. These are the adapters, by their folders in src/ports: ${[...new Set(adapters.map(({ folder }) => folder))].join(", ")}.`,
    );
    process.exit(64);
  }
  const file = join(root, "docs/reference/adapters.md");
  const page = await Bun.file(file).text();
  const isKept = ({ folder }: Adapter) => named.length > 0 && !named.includes(folder);
  const tested = adapters.filter((one) => !isKept(one) || presentRowOf(page, one) === undefined);
  console.log(
    tested.length < adapters.length
      ? `The tests of ${counted(tested.length, "adapter")} run; the other rows of the table stay.`
      : "The tests of all adapters run, which takes minutes. To run the tests of one adapter, name its folder, for example chunk-cache/redis.",
  );
  const rows: (readonly string[])[] = [];
  for (const adapter of adapters) {
    if (!tested.includes(adapter)) {
      rows.push(presentRowOf(page, adapter)!);
      continue;
    }
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
  await Bun.write(file, withTable(page, markdownTable([head, ...rows])));
}
