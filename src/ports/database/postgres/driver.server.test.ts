// Tests our patch of the Postgres driver. With the patch, a query never gets the answer of another query.
import { createServer, type Server, type Socket, connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import postgres from "postgres";
import {
  createTestPostgres,
  hasPostgres,
  type TestPostgres,
} from "../../../testing/servers/postgres/postgres-database.ts";
import { until } from "../../../testing/until.ts";

const there = await hasPostgres();
const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    (rows) => JSON.stringify(rows),
    (err: unknown) => String((err as { code?: unknown }).code ?? (err as Error).name),
  );

describe.skipIf(!there)("with the driver of Postgres,", () => {
  let database: TestPostgres;
  beforeAll(async () => {
    database = await createTestPostgres();
  });
  afterAll(() => database[Symbol.asyncDispose]());

  const open = (url = database.url, options: object = {}) =>
    postgres(url, { max: 1, fetch_types: false, onnotice: () => {}, ...options });
  type Driver = ReturnType<typeof open>;
  const ask = (driver: Driver, text: string, value: unknown) =>
    driver.unsafe(text, [value as never], { prepare: true });
  const echo = (driver: Driver, value: number) => ask(driver, "select $1::int as x", value);
  const values = (works: readonly Promise<readonly unknown[]>[]) =>
    Promise.all(works.map((work) => codeOf(work.then((rows) => [...rows]))));

  test("if a value can't be sent, only the query with the value fails", async () => {
    const driver = open();
    await echo(driver, 0);
    await ask(driver, "select $1::timestamptz as t", "2026-01-01T00:00:00Z");
    const works = [1, 2, 3].map((value) => echo(driver, value).execute());
    const broken = ask(driver, "select $1::timestamptz as t", { toString: null, valueOf: null }).execute();
    works.push(...[4, 5].map((value) => echo(driver, value).execute()));
    expect(await codeOf(broken)).toBe("TypeError");
    expect(await values(works)).toEqual([1, 2, 3, 4, 5].map((x) => `[{"x":${x}}]`));
    await driver.end({ timeout: 1 });
  });

  test("rows that arrived before an error do not appear in the next answer", async () => {
    const driver = open();
    const half = "select 1 / (3 - x) as y from generate_series(1, $1::int) x";
    expect(await codeOf(ask(driver, half, 5))).toBe("22012");
    expect(await values([echo(driver, 7)])).toEqual(['[{"x":7}]']);
    await driver.end({ timeout: 1 });
  });

  test("a prepared statement that no longer fits its table fails only one time", async () => {
    const driver = open();
    await driver.unsafe("create table changing (id int)");
    await driver.unsafe("insert into changing values (1)");
    const all = "select * from changing where id = $1::int";
    await ask(driver, all, 1);
    await echo(driver, 0);
    await driver.unsafe("alter table changing add column more int");
    const outdated = ask(driver, all, 1).execute();
    const works = [1, 2, 3].map((value) => echo(driver, value).execute());
    expect(await codeOf(outdated)).toBe("0A000");
    expect(await values(works)).toEqual([1, 2, 3].map((x) => `[{"x":${x}}]`));
    expect(await values([ask(driver, all, 1)])).toEqual(['[{"id":1,"more":null}]']);
    await driver.end({ timeout: 1 });
  });

  test("if a query is cancelled, no query gets the answer of another query", async () => {
    const driver = open();
    await echo(driver, 0);
    const first = driver.unsafe("select pg_sleep(0.2)", [], { prepare: true }).execute();
    const cancelled = echo(driver, 1).execute();
    const works = [2, 3, 4].map((value) => echo(driver, value).execute());
    await Bun.sleep(0);
    cancelled.cancel();
    const outcomes = await values([first, cancelled, ...works]);
    for (const [at, outcome] of outcomes.slice(1).entries())
      expect([`[{"x":${at + 1}}]`, "57014"]).toContain(outcome);
    await driver.end({ timeout: 1 });
  });

  for (const change of ["repeat", "swap"] as const) {
    test(`no statement accepts the answer of another statement (${change})`, async () => {
      await using relay = await startRelay(database.url);
      const driver = open(relay.url);
      const named = (name: string) => ask(driver, `select $1::int as ${name}`, 1);
      const names = ["a", "b", "c", "d"];
      for (const name of names) await named(name);
      relay.change = change;
      const outcomes = await values(names.map((name) => named(name).execute()));
      relay.change = undefined;
      const firstWrong = change === "repeat" ? 1 : 0;
      for (const [at, outcome] of outcomes.entries())
        expect(outcome).toBe(at < firstWrong ? '[{"a":1}]' : "ANSWER_OUT_OF_STEP");
      await until("the next connection answers", async () => {
        const [answer] = await values([echo(driver, 8)]);
        return answer === '[{"x":8}]';
      });
      await driver.end({ timeout: 1 });
    });
  }

  test("a client with the option `once` opens no second connection", async () => {
    let ends = 0;
    const driver = open(database.url, { once: true, onclose: () => (ends += 1) });
    const [row] = await driver.unsafe("select pg_backend_pid() as pid");
    const killer = open();
    await killer`select pg_terminate_backend(${row?.pid})`;
    await until("the connection has ended", () => ends === 1);
    expect(await codeOf(echo(driver, 1))).toBe("CONNECTION_ENDED");
    await killer.end({ timeout: 1 });
  });
});

interface Relay extends AsyncDisposable {
  readonly url: string;
  /**
   * How the relay changes the server's next answers. The relay first collects at least four answers. With "repeat", it
   * then sends the first answer twice; with "swap", it sends the last answer first.
   */
  change: "repeat" | "swap" | undefined;
}

/** Starts a relay between a client and the server. The relay changes whole answers, which end with ReadyForQuery. */
async function startRelay(target: string): Promise<Relay> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  const server: Server = createServer((client) => {
    const upstream = connect(Number(port || 5432), hostname);
    sockets.add(client).add(upstream);
    client.on("data", (bytes) => upstream.write(bytes));
    client.on("close", () => upstream.destroy());
    client.on("error", () => upstream.destroy());
    upstream.on("close", () => client.destroy());
    upstream.on("error", () => client.destroy());
    let held: Buffer<ArrayBufferLike> = Buffer.alloc(0);
    upstream.on("data", (bytes) => {
      if (relay.change === undefined) return void client.write(bytes);
      held = Buffer.concat([held, bytes as Buffer]);
      const answers = answersIn(held);
      if (answers.length < 4) return;
      const [first, ...rest] = answers;
      client.write(
        Buffer.concat(relay.change === "repeat" ? [first!, ...answers] : [rest.pop()!, first!, ...rest]),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = new URL(target);
  url.host = `127.0.0.1:${(server.address() as { port: number }).port}`;
  const relay: Relay = {
    url: url.href,
    change: undefined,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return relay;
}

function answersIn(bytes: Buffer): Buffer[] {
  const answers: Buffer[] = [];
  let start = 0;
  for (let at = 0; at + 5 <= bytes.length;) {
    const end = at + 1 + bytes.readUInt32BE(at + 1);
    if (bytes[at] === 0x5a) {
      answers.push(bytes.subarray(start, end));
      start = end;
    }
    at = end;
  }
  return answers;
}
