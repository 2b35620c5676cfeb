// Tests what each subcommand of `rondo specs` prints and writes.
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BusinessTables, businessSchema } from "../../businesses/tables/schema.ts";
import { AppError, isAppError } from "../../errors.ts";
import { openPostgres } from "../../ports/database/postgres/database.ts";
import { openSqlite } from "../../ports/database/sqlite/database.ts";
import { createChatCompletionsModel } from "../../ports/language-model/chat-completions/model.ts";
import { startChatServer } from "../../testing/servers/chat-completions-server.ts";
import { createTestPostgres, hasPostgres } from "../../testing/servers/postgres/postgres-database.ts";
import { specsCommand } from "./specs.ts";
import type { SpecsTools } from "./tools.ts";

setDefaultTimeout(60_000);

const migrations = "migrations/business";
const withPostgres = await hasPostgres();
let dir: string;

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "rondo-specs-"));
  cpSync("query-specs", dir, { recursive: true });
  cpSync("web/src/api/queries.generated.ts", join(dir, "client.ts"));
});
afterAll(() => rmSync(dir, { recursive: true }));

interface RunOptions {
  readonly llmUrl?: string;
  readonly answer?: boolean;
}

async function rondo(words: readonly string[], { llmUrl, answer = false }: RunOptions = {}) {
  const lines: string[] = [];
  const tools: SpecsTools = {
    dir,
    clientFile: join(dir, "client.ts"),
    schema: businessSchema,
    openScratch: () => openSqlite<BusinessTables>({ file: ":memory:", migrations }),
    openPostgres: (url) => openPostgres<BusinessTables>({ url, migrations }),
    languageModel() {
      if (llmUrl === undefined) throw new AppError("CONFIG_INVALID", "RONDO_LLM_URL is not set.");
      return createChatCompletionsModel({ url: llmUrl, model: "tiny", pauseMs: 1 });
    },
    async writeSpec(file, text) {
      if (existsSync(join(dir, file))) throw new AppError("CONFLICT", `${file} exists already.`);
      writeFileSync(join(dir, file), text);
    },
    print: (line) => lines.push(line),
    confirm: async () => answer,
  };
  const failure = await specsCommand(tools)
    .exitOverride()
    .parseAsync([...words], { from: "user" })
    .then(
      () => undefined,
      (err: unknown) => err,
    );
  return { text: lines.join("\n"), failure };
}

test("`list` prints each query with its method, scope and result", async () => {
  const { text } = await rondo(["list"]);
  expect(text).toContain("tracks.list\tGET\tuser\tpage\t");
  expect((await rondo(["show", "tracks.get"])).text).toBe(
    readFileSync(join(dir, "tracks.get.json"), "utf8").trimEnd(),
  );
  const { failure } = await rondo(["show", "tracks.gett"]);
  expect((failure as AppError).hint).toContain("tracks.get");
});

test("`sql` prints the SQL for both engines or for the engine in --engine", async () => {
  expect((await rondo(["sql", "tracks.get"])).text).toContain("(GET, postgres)");
  expect((await rondo(["sql", "tracks.get", "--engine", "sqlite"])).text).not.toContain("postgres");
  expect(
    isAppError((await rondo(["sql", "tracks.get", "--engine", "oracle"])).failure, "INVALID_PARAMETER"),
  ).toBe(true);
});

test("`check` succeeds on SQLite if all specs are valid and the generated files are up to date", async () => {
  const { text, failure } = await rondo(["check"]);
  expect(failure).toBeUndefined();
  expect(text).toContain("specs on SQLite");
});

test.skipIf(!withPostgres)("with --postgres, `check` also runs the specs on Postgres", async () => {
  await using database = await createTestPostgres();
  const { text, failure } = await rondo(["check", "--postgres", database.url]);
  expect(failure).toBeUndefined();
  expect(text).toContain("specs on Postgres");
});

test("`check` fails until `types` writes the generated files of a new spec", async () => {
  expect((await rondo(["new", "versions.peek"])).text).toBe("query-specs/versions.peek.json");
  expect(isAppError((await rondo(["new", "versions.peek"])).failure, "CONFLICT")).toBe(true);
  expect(isAppError((await rondo(["new", "nothing.here"])).failure, "INVALID_PARAMETER")).toBe(true);
  const wrongMethod = await rondo(["new", "versions.remove", "--method", "DELETE"]);
  expect(isAppError(wrongMethod.failure, "INVALID_PARAMETER")).toBe(true);
  expect((await rondo(["list"])).text).toContain("versions.peek");
  const { failure } = await rondo(["check"]);
  expect((failure as AppError).publicMessage).toContain("versions.peek.sqlite.golden.sql");
  const golden = ["sqlite", "postgres"].map((engine) =>
    join(dir, "golden", `versions.peek.${engine}.golden.sql`),
  );
  expect((await rondo(["types"])).text.split("\n").sort()).toEqual(
    [join(dir, "client.ts"), ...golden].sort(),
  );
  expect((await rondo(["check"])).failure).toBeUndefined();
  expect(readFileSync(join(dir, "client.ts"), "utf8")).toContain('"versions.peek"');

  expect((await rondo(["types"])).text).toBe("The files that are made from the query specs are up to date.");
  rmSync(join(dir, "versions.peek.json"));
  expect((await rondo(["types"])).text.split("\n").sort()).toEqual(
    [join(dir, "client.ts"), ...golden].sort(),
  );
  expect(golden.filter((file) => existsSync(file))).toEqual([]);
});

test("the spec that `new` writes for a table is valid", async () => {
  const tables = ["deletions", "generations", "projects", "receipts", "tracks", "users", "versions"];
  for (const table of tables) {
    for (const method of ["GET", "POST"]) {
      const name = `${table}.new${method === "GET" ? "Read" : "Write"}`;
      expect((await rondo(["new", name, "--method", method])).failure).toBeUndefined();
      const { failure } = await rondo(["show", name]);
      const text = readFileSync(join(dir, `${name}.json`), "utf8");
      rmSync(join(dir, `${name}.json`));
      // The formatter of the project, which `bun run check` uses, writes a short list on one line.
      expect(text).toContain(`"tables": ["${table}"]`);
      expect(failure).toBeUndefined();
      const hasTrash = ["projects", "tracks", "versions"].includes(table);
      expect(/"column": "([a-z]\.)?deletedAt",\s+"isNull": true/.test(text)).toBe(hasTrash);
      expect(text.includes("deletionId")).toBe(false);
    }
  }
});

const drafted = {
  name: "projects.names",
  summary: "The names of the user's projects.",
  method: "GET",
  scope: "user",
  tables: ["projects"],
  query: {
    select: {
      from: "projects",
      as: "p",
      columns: { name: "p.name" },
      where: { column: "p.deletedAt", isNull: true },
      orderBy: [{ by: "p.name" }],
    },
  },
  returns: "many",
};

test("`draft` writes only specs that the user approves", async () => {
  await using server = startChatServer(() => JSON.stringify(drafted));
  const words = ["draft", "the", "names", "of", "my", "projects"];
  const refused = await rondo(words, { llmUrl: server.url, answer: false });
  expect(refused.text).toContain("Saved 0 of 1 spec");
  expect(existsSync(join(dir, "projects.names.json"))).toBe(false);
  const { text, failure } = await rondo([...words, "--yes"], { llmUrl: server.url });
  expect(failure).toBeUndefined();
  expect(text).toContain("# the names of my projects");
  expect(text).toContain('"p"."userId" = cast($1 as text)');
  expect(text).toContain('{"items":[{"name":"Project MORNING AGAIN"}');
  expect(JSON.parse(readFileSync(join(dir, "projects.names.json"), "utf8"))).toMatchObject(drafted);
});

test("`draft` reports the descriptions for which the language model gave no valid spec", async () => {
  await using server = startChatServer((_, at) =>
    JSON.stringify(at === 0 ? { ...drafted, name: "projects.nameList" } : { nonsense: true }),
  );
  const file = join(dir, "../..", `${Bun.randomUUIDv7()}.json`);
  writeFileSync(file, JSON.stringify([{ description: "names", method: "GET" }, { description: "more" }]));
  const { text, failure } = await rondo(["draft", "--from", file, "--yes"], { llmUrl: server.url });
  rmSync(file);
  expect(text).toContain("There is no valid spec after 4 attempts");
  expect(text).toContain("Saved 1 of 2 specs");
  expect(isAppError(failure, "SPEC_INVALID")).toBe(true);
  expect(isAppError((await rondo(["draft", "x"])).failure, "CONFIG_INVALID")).toBe(true);
});
