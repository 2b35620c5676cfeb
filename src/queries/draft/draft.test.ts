// Tests drafting with a language model. A description becomes a spec, and an answer of the model is accepted only if
// it passes every check.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { type BusinessTables, businessSchema } from "../../businesses/tables/schema.ts";
import { isAppError } from "../../errors.ts";
import type { Database } from "../../ports/database/database.ts";
import { createChatCompletionsModel } from "../../ports/language-model/chat-completions/model.ts";
import { openPostgres } from "../../ports/database/postgres/database.ts";
import { createTestPostgres, hasPostgres } from "../../testing/servers/postgres/postgres-database.ts";
import { openSqlite } from "../../ports/database/sqlite/database.ts";
import {
  type ChatReply,
  chatResponse,
  startChatServer,
} from "../../testing/servers/chat-completions-server.ts";
import { type DraftSpecDeps, draftSpec } from "./draft.ts";
import type { WantedQuery } from "./draft-messages.ts";
import { businessMigrations } from "../fixtures/engines.ts";
import { loadSpecs } from "../spec/load-specs.ts";
import { bob, fillBusiness } from "./sample-business.ts";

let scratch: Database<BusinessTables>;
let existing: DraftSpecDeps["existing"];

beforeAll(async () => {
  scratch = await openSqlite<BusinessTables>({ file: ":memory:", migrations: businessMigrations });
  await scratch.migrate();
  await fillBusiness(scratch);
  const files = readdirSync("query-specs").filter((file) => /^\w+\.\w+\.json$/.test(file));
  existing = {
    set: await loadSpecs({ dir: "query-specs", schema: businessSchema }),
    texts: new Map(files.map((file) => [file.slice(0, -5), readFileSync(`query-specs/${file}`, "utf8")])),
  };
});
afterAll(() => scratch.close());

const wanted: WantedQuery = {
  description: "The longest versions of the user, with the title of their track, longest first.",
};
const right = {
  name: "versions.longest",
  summary: "The user's longest versions, with the title of their track.",
  method: "GET",
  scope: "user",
  parameters: { limit: { type: "integer", minimum: 1, maximum: 50, default: 5 } },
  tables: ["tracks", "versions"],
  query: {
    select: {
      from: "versions",
      as: "v",
      joins: [{ table: "tracks", as: "t", on: { column: "t.id", equals: { column: "v.trackId" } } }],
      columns: { id: "v.id", title: "t.title", durationMs: "v.durationMs" },
      where: [
        { column: "v.durationMs", isNull: false },
        { column: "v.deletedAt", isNull: true },
      ],
      orderBy: [{ by: "v.durationMs", direction: "desc" }],
      limit: { param: "limit" },
    },
  },
  returns: "many",
};

async function draftWith(replies: readonly (ChatReply | object)[], wish: WantedQuery = wanted) {
  await using server = startChatServer((_, at) => {
    const reply = replies[Math.min(at, replies.length - 1)]!;
    return typeof reply === "string"
      ? reply
      : reply instanceof Response
        ? reply.clone()
        : JSON.stringify(reply);
  });
  const model = createChatCompletionsModel({ url: server.url, model: "tiny", pauseMs: 1, timeoutMs: 1_000 });
  const outcome = await draftSpec({ model, existing, scratch }, wish).catch((err: unknown) => err as Error);
  return { outcome, requests: server.requests };
}

const faultsOf = async (reply: ChatReply | object, wish?: WantedQuery) => {
  const { outcome, requests } = await draftWith([reply], wish);
  expect(outcome).toMatchObject({ kind: "failed", attempts: 4 });
  expect(requests).toHaveLength(4);
  return JSON.stringify((outcome as { faults: unknown }).faults);
};

test("the draft for a description contains a spec, its SQL and its result on sample data", async () => {
  const { outcome, requests } = await draftWith([right]);
  expect(outcome).toMatchObject({ kind: "draft", attempts: 1, query: { name: "versions.longest" } });
  const { sql, sample, text } = outcome as {
    sql: { sqlite: string; postgres: string };
    sample: { answer: string };
    text: string;
  };
  expect(sql.sqlite).toContain('"v"."userId" = ?');
  expect(sql.postgres).toContain('"v"."userId" = cast($');
  expect((JSON.parse(sample.answer) as { items: unknown[] }).items).toHaveLength(5);
  expect(JSON.parse(text)).toMatchObject({ $schema: "./schema.json", name: "versions.longest" });
  const [system, user] = requests[0]!.body.messages;
  expect(system?.content).toContain("versions: id id, trackId id → tracks");
  expect(system?.content).not.toContain("sessions");
  expect(system?.content).toContain('"name":"versions.');
  expect(user?.content).toContain(wanted.description);
});

test("a faulty draft is sent back to the model with a list of its faults", async () => {
  const wrong = { ...right, query: { select: { ...right.query.select, columns: { id: "v.idd" } } } };
  const { outcome, requests } = await draftWith([wrong, "I am sorry!", chatResponse("{", "length"), right]);
  expect(outcome).toMatchObject({ kind: "draft", attempts: 4 });
  const last = requests[3]!.body.messages;
  expect(last).toHaveLength(8);
  expect(last[3]?.content).toContain("/query/select/columns/id");
  expect(last[5]?.content).toContain("not JSON");
  expect(last[7]?.content).toContain("cut off");
});

test("if a model gives no valid spec in four answers, drafting fails with the faults", async () => {
  expect(await faultsOf({ sql: "select * from users" })).toContain('The key \\"sql\\" is not allowed here');
  expect(await faultsOf("select * from users")).toContain("not JSON");
  expect(await faultsOf('"text"')).toContain("A spec is an object");
  expect(await faultsOf("[]")).toContain("A spec is an object");
});

test("a draft is refused if its name belongs to an existing query or is a path", async () => {
  expect(await faultsOf({ ...right, name: "tracks.list" })).toContain("already");
  expect(await faultsOf({ ...right, name: "../../etc/passwd" })).toContain("not a valid name for a query");
});

test("a draft with forbidden access to data is refused", async () => {
  expect(await faultsOf({ ...right, scope: "business" })).toContain('The scope has to be \\"user\\"');
  const internal = { from: "sessions", as: "s", columns: { id: "s.id" }, orderBy: [{ by: "s.id" }] };
  expect(
    await faultsOf({ ...right, parameters: {}, tables: ["sessions"], query: { select: internal } }),
  ).toContain("There is no table");
  const steal = {
    update: { table: "tracks", set: { userId: { value: bob } }, where: [], returning: { id: "id" } },
  };
  expect(
    await faultsOf({ ...right, parameters: {}, method: "POST", tables: ["tracks"], query: steal }),
  ).toContain("always names the caller");
});

test("a draft is refused if its method, parameters or tables differ from those of the request", async () => {
  expect(await faultsOf(right, { ...wanted, method: "POST" })).toContain("The method has to be POST");
  expect(await faultsOf(right, { ...wanted, parameters: { count: "how many" } })).toContain(
    '\\"count\\" was asked for',
  );
  expect(await faultsOf(right, { ...wanted, tables: ["versions"] })).toContain(
    "Only versions should be used",
  );
});

test("a parameter with a pattern gets a sample value that matches the pattern", async () => {
  const named = { column: "t.title", startsWith: { param: "start" } };
  const { outcome } = await draftWith([
    {
      ...right,
      parameters: {
        ...right.parameters,
        start: { type: "string", pattern: "^[A-Z]{2}-\\d{3}$" },
        language: { type: "string", minLength: 20 },
      },
      query: {
        select: {
          ...right.query.select,
          where: [
            ...right.query.select.where,
            named,
            { column: "t.title", notEquals: { param: "language" } },
          ],
        },
      },
    },
  ]);
  expect(outcome).toMatchObject({ kind: "draft", attempts: 1 });
});

test("a draft with 20,000 nested conditions is refused", async () => {
  const deep = `${'{"not":'.repeat(20_000)}{}${"}".repeat(20_000)}`;
  const text = JSON.stringify(right).replace('"where":[', `"where":[${deep},`);
  expect(await faultsOf(text)).toContain("nested too deeply");
});

test.skipIf(!(await hasPostgres()))("a draft has to work on every available engine", async () => {
  await using database = await createTestPostgres();
  const postgres = await openPostgres<BusinessTables>({ url: database.url, migrations: businessMigrations });
  await postgres.migrate();
  await fillBusiness(postgres);
  // Postgres refuses this draft, because Postgres can't compare JSON objects.
  const { from, as, joins, where } = right.query.select;
  const object = { from: "tracks", as: "o", columns: { id: "o.id" }, where: [], orderBy: [{ by: "o.id" }] };
  const refused = {
    ...right,
    parameters: {},
    query: {
      select: { from, as, joins, where, columns: { count: { count: { one: object }, distinct: true } } },
    },
  };
  await using server = startChatServer(() => JSON.stringify(refused));
  const model = createChatCompletionsModel({ url: server.url, model: "tiny", pauseMs: 1, timeoutMs: 1_000 });
  expect(await draftSpec({ model, existing, scratch }, wanted)).toMatchObject({ kind: "draft" });
  const outcome = await draftSpec({ model, existing, scratch, alsoOn: [postgres] }, wanted);
  expect(JSON.stringify(outcome)).toContain("postgres refuses the statement");
  await postgres.close();
});

test("the prompt explains bulk inserts, steps, writes to every row and nullable parameters", async () => {
  const { requests } = await draftWith([right]);
  for (const word of ['"each"', '{"item":', '{"step":', '{"changesOf":', '"everyRow"', '"nullable"'])
    expect(requests[0]!.body.messages[0]!.content).toContain(word);
});

test("when the model is unavailable, drafting fails with UNAVAILABLE", async () => {
  const { outcome } = await draftWith([new Response("down", { status: 503 })]);
  expect(isAppError(outcome, "UNAVAILABLE")).toBe(true);
});
