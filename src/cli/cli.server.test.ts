// Tests the command line with real processes, each test in its own folder.
import { Database } from "bun:sqlite";
import { expect, setDefaultTimeout, test } from "bun:test";
import { cp, rm } from "node:fs/promises";
import { join } from "node:path";
import { exitBadSettings } from "../config/config.ts";
import { createTemporaryDirectory } from "../testing/temporary-directory.ts";

// On a busy machine a process takes seconds to start, and some tests start more than ten processes.
setDefaultTimeout(180_000);

async function createTerminal(environment: Record<string, string> = {}) {
  const directory = await createTemporaryDirectory();
  const terminal = {
    folder: directory.path,
    run: (...words: string[]) => terminal.runWith("", ...words),
    async runWith(input: string, ...words: string[]) {
      const child = Bun.spawn([process.execPath, join(import.meta.dirname, "main.ts"), ...words], {
        env: { PATH: Bun.env.PATH, RONDO_DATA: directory.path, ...environment },
        stdin: new Blob([input]),
        stdout: "pipe",
        stderr: "pipe",
      });
      const [out, err, code] = await Promise.all([
        new Response(child.stdout).text(),
        new Response(child.stderr).text(),
        child.exited,
      ]);
      return { out: out.trim(), err: err.trim(), code };
    },
    [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose](),
  };
  return terminal;
}

test("a key of a business can be created, listed and revoked", async () => {
  await using terminal = await createTerminal();
  expect((await terminal.run("business", "create", "acme", "--name", "Acme Records")).out).toStartWith(
    "acme\t",
  );
  expect((await terminal.run("business", "list")).out).toMatch(
    /^acme\t[0-9a-f-]{36}\tsqlite\tactive\tAcme Records$/,
  );
  expect((await terminal.run("business", "sweep")).out).toBe("1 business will be checked.");
  const [id = "", key = ""] = (await terminal.run("key", "create", "acme", "--name", "server")).out.split(
    "\t",
  );
  expect(key).toStartWith("rk_");
  const listed = await terminal.run("key", "list", "acme");
  expect(listed.out).toContain(`${id}\tserver\t`);
  expect(listed.out).not.toContain(key);
  expect((await terminal.run("key", "revoke", id)).code).toBe(0);
  expect((await terminal.run("key", "list", "acme")).out).toContain("revoked");
});

test("with --json, the commands about businesses and keys print JSON", async () => {
  await using terminal = await createTerminal();
  const read = async (...words: string[]) => {
    const { out, err, code } = await terminal.run(...words, "--json");
    expect([err, code]).toEqual(["", 0]);
    return JSON.parse(out) as Record<string, unknown>;
  };
  expect(await read("business", "create", "acme")).toMatchObject({ slug: "acme", state: "active" });
  expect(await read("business", "suspend", "acme")).toMatchObject({ slug: "acme", state: "suspended" });
  expect(await read("business", "resume", "acme")).toMatchObject({ state: "active" });
  expect(await read("business", "rename", "acme", "--slug", "globex", "--name", "Globex")).toMatchObject({
    ...{ slug: "globex", name: "Globex" },
  });
  expect(await read("business", "list")).toMatchObject([{ slug: "globex", name: "Globex" }]);
  expect(
    await read("business", "limits", "globex", "writes=6000/1m", "business=off", "pieces-per-user=3"),
  ).toEqual({
    concurrentGenerationsPerUser: 3,
    rates: { writes: { quota: 6000, windowSeconds: 60 }, business: null },
    quotas: {},
  });
  expect((await terminal.run("business", "limits", "globex", "writes=many")).err).toContain("600/1m");
  expect((await terminal.run("business", "limits", "globex", "pieces-per-user=off")).err).toContain(
    '"pieces-per-user=off" needs a whole number up to 1000000, or "default".',
  );
  expect(await read("business", "limits", "globex", "pieces=off")).toMatchObject({
    concurrentGenerations: null,
  });
  expect(await read("business", "delete", "globex", "--grace-days", "3")).toMatchObject({ slug: "globex" });
  await terminal.run("business", "undelete", "globex");
  expect(JSON.parse((await terminal.run("business", "show", "globex")).out)).toMatchObject({
    state: "suspended",
  });
  const made = await read("key", "create", "globex", "--scope", "tokens", "queries");
  const rotated = await read("key", "rotate", made.id as string, "--overlap", "1d");
  expect(rotated.key).not.toBe(made.key);
  expect(await read("key", "list", "globex")).toMatchObject([
    { id: made.id, scopes: ["tokens", "queries"], expiresAt: rotated.oldKeyExpiresAt },
    { id: rotated.id, scopes: ["tokens", "queries"], expiresAt: null },
  ]);
  expect(await read("business", "receipts")).toEqual([] as never);
}, 120_000);

test("an archive of a business can be restored after the master key was replaced", async () => {
  await using terminal = await createTerminal();
  await using directory = await createTemporaryDirectory();
  const file = join(directory.path, "acme.tar");
  await terminal.run("business", "create", "acme", "--name", "Acme Records");
  expect((await terminal.run("business", "export", "acme", "--to", file)).out).toContain("0 rows");
  expect((await terminal.run("key", "rotate-master")).out).toContain("sealed under the new key");
  expect((await terminal.run("business", "restore", file, "--as", "acme")).err).toContain("exists already");
  expect((await terminal.run("business", "restore", file, "--as", "again")).out).toStartWith("again\t");
  expect((await terminal.run("business", "list")).out).toMatch(/again\t.*\tactive\tAcme Records$/m);
}, 60_000);

test("an error is printed as a sentence, without a stack trace", async () => {
  await using terminal = await createTerminal();
  const badSlug = await terminal.run("business", "create", "Not A Slug");
  expect(badSlug.code).toBe(1);
  expect(badSlug.err).toContain("slug: 2 to 40 of a-z, 0-9 and -");
  const nobody = await terminal.run("key", "create", "nobody");
  expect(nobody.err).toStartWith("There is no such business.");
  expect(badSlug.err + nobody.err).not.toContain("    at ");
  expect((await terminal.run("busines", "list")).err).toContain("Did you mean business?");
});

test("if several settings are invalid, the start fails and lists all invalid settings together", async () => {
  await using terminal = await createTerminal({ PORT: "x", RONDO_CACHE_URL: "memcached://host" });
  const started = await terminal.run("start");
  expect(started.code).toBe(exitBadSettings);
  expect(started.err).toContain("PORT:");
  expect(started.err).toContain("RONDO_CACHE_URL:");
});

test("the key of a business for a generator is read from standard input", async () => {
  await using terminal = await createTerminal({ RONDO_GENERATORS: "studio=builtin:, sketch=builtin:" });
  await terminal.run("business", "create", "acme");
  const set = await terminal.runWith("the-own-key\n", "business", "generator-key", "acme", "studio");
  expect(set).toEqual({ out: "", err: "", code: 0 });
  const listed = await terminal.run("business", "generator-keys", "acme", "--json");
  expect(JSON.parse(listed.out)).toMatchObject([{ generator: "studio", hasKey: true, hasUrl: false }]);
  expect(listed.out).not.toContain("the-own-key");
  const empty = await terminal.run("business", "generator-key", "acme", "sketch");
  expect(empty.err).toContain("There is neither a key nor an address.");
  const inner = ["--url", "http://127.0.0.1:8008"];
  expect((await terminal.run("business", "generator-key", "acme", "sketch", ...inner)).err).toContain(
    "leads to an inner network",
  );
  expect((await terminal.run("business", "generator-key", "acme", "studio", "--remove")).code).toBe(0);
  expect((await terminal.run("business", "generator-keys", "acme")).out).toBe("");
});

test("the command line migrates the databases of all businesses", async () => {
  await using terminal = await createTerminal();
  await terminal.run("business", "create", "acme");
  const control = new Database(join(terminal.folder, "control.db"));
  control.run(`update "businessSchemas" set "version" = null, "newest" = null`);
  expect((await terminal.run("migrate", "status")).out).toStartWith("acme\tunknown\t");
  const { out, err, code } = await terminal.run("migrate", "--canary", "acme");
  expect([err, code]).toEqual(["acme\tmigrated", 0]);
  expect(out).toStartWith("1 database migrated, 0 up to date already, 0 failed;");
  expect(JSON.parse((await terminal.run("migrate", "status", "--json")).out)).toMatchObject([
    { slug: "acme", state: "current", fault: null },
  ]);
  control.run(`update "businessSchemas" set "version" = null`);
  control.close();
  const lines = (await terminal.run("migrate", "--json")).out.split("\n").map((line) => JSON.parse(line));
  expect(lines).toMatchObject([
    { event: "business", slug: "acme", outcome: "migrated" },
    { event: "ended", migrated: 1, failed: [], stopped: null },
  ]);
  const refused = await terminal.run("migrate", "--canary", "nobody", "--stop-after", "5%");
  expect([refused.code, refused.err]).toEqual([1, expect.stringContaining("nobody")]);
  expect((await terminal.run("migrate", "--stop-after", "much")).err).toContain("5%");
}, 120_000);

test("an app can be applied, shown and rolled back for one business", async () => {
  await using terminal = await createTerminal();
  for (const slug of ["acme", "other"]) await terminal.run("business", "create", slug);
  const none = await terminal.run("business", "app", "rollback", "acme");
  expect(none.err).toStartWith("This business has no app.");
  const folder = join(terminal.folder, "app");
  await cp(join(import.meta.dirname, "../../docs/examples/listening-app"), folder, { recursive: true });
  const applied = await terminal.run("business", "apply", "acme", folder);
  expect([applied.code, applied.out.split("\n").at(-1)]).toEqual([
    0,
    "Version 1 is in use, with 5 tables and 14 query specs.",
  ]);
  const early = await terminal.run("business", "app", "rollback", "acme");
  expect(early.err).toStartWith("No version before version 1 is stored.");
  await rm(join(folder, "query-specs/reports.days.json"));
  expect((await terminal.run("business", "apply", "acme", folder)).out).toContain("13 query specs");
  const back = await terminal.run("business", "app", "rollback", "acme");
  expect(back.out).toBe("Version 3 is in use, with 5 tables and 14 query specs.");
  const shown = JSON.parse((await terminal.run("business", "app", "show", "acme")).out);
  expect([shown.version, Object.keys(shown.app.tables).length, shown.versions.length]).toEqual([3, 5, 3]);
  const types = await terminal.run("specs", "types", "--business", "acme");
  expect([types.code, types.err]).toEqual([0, ""]);
  expect(types.out).toContain('"reports.days": "GET"');
  const others = await terminal.run("specs", "types", "--business", "other");
  expect(others.out).toContain('"tracks.list": "GET"');
  expect(others.out).not.toContain("reports.days");
  const schema = JSON.parse((await terminal.run("business", "app", "schema")).out);
  expect(schema.required).toContain("owner");
}, 120_000);
