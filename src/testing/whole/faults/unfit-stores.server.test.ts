// Tests stores that are damaged or were written by a newer version. A server that finds such a store at its start names
// the setting of the store and exits. In a running server, such a store of one business causes
// errors only for this business, and `rondo doctor` names the business.
import { Database } from "bun:sqlite";
import { expect, setDefaultTimeout, test } from "bun:test";
import { openSync, ftruncateSync, closeSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createApp } from "../../../app.ts";
import { exitBadSettings, readConfig } from "../../../config/config.ts";
import { createApiDeps } from "../../../deps/api-deps.ts";
import { createBusiness } from "../../../businesses/lifecycle/create-business.ts";
import { examine } from "../../../doctor/examine.ts";
import { createTemporaryDirectory } from "../../temporary-directory.ts";
import { silentLog } from "../../test-stores.ts";

setDefaultTimeout(60_000);

const root = join(import.meta.dirname, "../../../..");
const future = "209901010000_from_the_future";

const addFutureMigration = (file: string): void => {
  using db = new Database(file);
  db.run(`insert into kysely_migration values ('${future}', '2099-01-01T00:00:00.000Z')`);
};
const raiseUserVersion = (file: string): void => {
  using db = new Database(file);
  db.run("pragma user_version = 99");
};
/** Removes the second half of a file, as if copying the file had been interrupted. */
const halve = (file: string): void => {
  const handle = openSync(file, "r+");
  ftruncateSync(handle, Math.floor(statSync(file).size / 2 / 4096) * 4096 + 100);
  closeSync(handle);
};
const scribble = (file: string): void => writeFileSync(file, crypto.getRandomValues(new Uint8Array(8_192)));
const empty = (file: string): void => writeFileSync(file, "");

/** Creates a folder with the stores of two businesses, and closes the stores. */
async function fillFolder(path: string) {
  const config = readConfig({ RONDO_DATA: path, RONDO_LOG: "silent", PORT: "0" });
  const deps = await createApiDeps(config, silentLog);
  const businesses = [];
  for (const slug of ["first", "second"]) {
    const business = await createBusiness(deps, "test", { slug });
    await deps.streams.create({ businessId: business.id, path: "kept" }, { contentType: "text/plain" });
    businesses.push(business);
  }
  await deps.close();
  // The write-ahead logs are emptied, because their content would repair the damage that a test does to a file.
  for (const name of readdirSync(path, { recursive: true, encoding: "utf8" }))
    if (name.endsWith(".db")) {
      using db = new Database(join(path, name));
      db.run("pragma wal_checkpoint(truncate)");
    }
  return { config, businesses };
}

async function startInVain(data: string) {
  const child = Bun.spawn([process.execPath, join(root, "src/cli/main.ts"), "start"], {
    cwd: data,
    env: { PATH: Bun.env.PATH, RONDO_DATA: data, PORT: "0", RONDO_LOG: "silent" },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: 15_000,
  });
  const [code, err] = await Promise.all([child.exited, new Response(child.stderr).text()]);
  return { code, err };
}

const unfitForAll: readonly (readonly [
  name: string,
  file: string,
  break_: (file: string) => void,
  says: RegExp,
])[] = [
  [
    "the control database of a newer version",
    "control.db",
    addFutureMigration,
    /RONDO_CONTROL_URL: .*newer Rondo/,
  ],
  ["the job file of a newer version", "jobs.db", raiseUserVersion, /RONDO_QUEUE_URL: .*newer Rondo/],
  [
    "a business's database of a newer version",
    "businesses",
    addFutureMigration,
    /RONDO_BUSINESS_URL: .*newer Rondo/,
  ],
  ["a chunk file of a newer version", "chunks", raiseUserVersion, /RONDO_CHUNKS_URL: .*newer Rondo/],
  ["a truncated control database", "control.db", halve, /RONDO_CONTROL_URL: .*damaged/],
  ["a truncated job file", "jobs.db", halve, /RONDO_QUEUE_URL: .*damaged/],
  [
    "a control database of random bytes",
    "control.db",
    scribble,
    /RONDO_CONTROL_URL: .*(damaged|no database)/,
  ],
  ["a job file of random bytes", "jobs.db", scribble, /RONDO_QUEUE_URL: .*(damaged|no database)/],
  ["an emptied control database", "control.db", empty, /RONDO_CONTROL_URL: .*damaged/],
];

for (const [name, file, breakIt, says] of unfitForAll) {
  test(`with ${name}, Rondo does not start, and the error names the setting`, async () => {
    await using directory = await createTemporaryDirectory();
    const { config, businesses } = await fillFolder(directory.path);
    const ofBusiness = file.endsWith(".db") ? "" : `${businesses[0]?.id}.db`;
    breakIt(join(directory.path, file, ofBusiness));
    const { code, err } = await startInVain(directory.path);
    expect(err).toMatch(says);
    expect(err).not.toMatch(/^\s+at |^\s*\d+ \|/m);
    expect(code).toBe(exitBadSettings);
    const setting = /RONDO_[A-Z_]+/.exec(says.source)?.[0];
    const findings = await examine(config);
    expect(findings.some((one) => one.setting === setting && one.state === "wrong")).toBe(true);
  });
}

const unfitForOne: readonly (readonly [
  name: string,
  folder: "businesses" | "chunks",
  break_: (file: string) => void,
  code: string,
])[] = [
  ["a database of a newer version", "businesses", addFutureMigration, "STORE_NEWER"],
  ["a chunk file of a newer version", "chunks", raiseUserVersion, "STORE_NEWER"],
  ["a truncated database", "businesses", halve, "STORE_DAMAGED"],
  ["a truncated chunk file", "chunks", halve, "STORE_DAMAGED"],
  ["a database of random bytes", "businesses", scribble, "STORE_DAMAGED"],
  ["a chunk file of random bytes", "chunks", scribble, "STORE_DAMAGED"],
  ["an emptied database", "businesses", empty, "STORE_DAMAGED"],
];

for (const [name, folder, breakIt, code] of unfitForOne) {
  test(`with ${name}, only the affected business gets 503 ${code}`, async () => {
    await using directory = await createTemporaryDirectory();
    const { config, businesses } = await fillFolder(directory.path);
    const [sick, well] = businesses;
    const file = readdirSync(join(directory.path, folder)).find((one) => one === `${sick?.id}.db`);
    breakIt(join(directory.path, folder, file ?? "missing"));

    const deps = await createApiDeps(config, silentLog);
    try {
      const app = createApp(deps);
      const answerOf = async (business: typeof sick) => {
        const made = await app.request("/v1/accounts/guest", {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ business: business?.slug }),
        });
        if (made.status !== 201) return made;
        const { token } = (await made.json()) as { token: string };
        const authorization = `Bearer ${token}`;
        const asked = await app.request("/v1/generations", {
          method: "POST",
          headers: { "content-type": "application/json", authorization },
          body: JSON.stringify({ prompt: "rain", durationSeconds: 10 }),
        });
        if (asked.status !== 200) return asked;
        const { requestId } = (await asked.json()) as { requestId: string };
        return app.request(`/v1/generations/${requestId}/chunks?offset=-1`, { headers: { authorization } });
      };
      const refused = await answerOf(sick);
      expect(refused.status).toBe(503);
      expect(await refused.json()).toMatchObject({ code, hint: expect.any(String) });
      expect((await answerOf(well)).status).toBe(200);
      expect((await app.request("/ready")).status).toBe(200);
    } finally {
      await deps.close();
    }
    const wrongs = (await examine(config)).filter(({ state }) => state === "wrong");
    expect(wrongs.map(({ says }) => says).join("\n")).toContain("the business first");
    expect(wrongs.map(({ says }) => says).join("\n")).not.toContain("the business second");
  });
}
