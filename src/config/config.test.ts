import { expect, test } from "bun:test";
import { join } from "node:path";
import { createTemporaryDirectory } from "../testing/temporary-directory.ts";
import { configFaultLines, readConfig } from "./config.ts";
import { settings, settingsIn } from "./settings.ts";
import { settingsPageFile, settingsPageOf } from "../testing/runners/settings-page.ts";
import { AppError } from "../errors.ts";

const faultsOf = (environment: Record<string, string>): AppError => {
  try {
    readConfig(environment);
  } catch (err) {
    if (err instanceof AppError) return err;
  }
  throw new Error("the settings were accepted");
};

test("without settings, the control database, the chunks and the master key are in the data folder", () => {
  const config = readConfig({});
  expect(config.controlUrl).toEqual({ scheme: "sqlite", location: `${config.dataDir}/control.db` });
  expect(config.chunksUrl.location).toBe(`${config.dataDir}/chunks`);
  expect(config.cacheUrl.scheme).toBe("memory");
  expect(config.port).toBe(3000);
  expect(config.masterKey).toEqual({ file: `${config.dataDir}/master.key` });
});

test("RONDO_DATA is the folder of the default queue and the default object store", () => {
  const config = readConfig({ RONDO_DATA: "/srv/$$rondo" });
  expect(config.queueUrl.location).toBe("/srv/$$rondo/jobs.db");
  expect(config.objectsUrl.location).toBe("/srv/$$rondo/objects");
});

test("all faults are reported together, each with its variable and a hint", () => {
  const err = faultsOf({
    PORT: "eighty",
    RONDO_LOG: "loud",
    RONDO_CONTROL_URL: "nonsense",
    RONDO_CHUNKS_URL: "sqlite:",
    RONDO_MASTER_KEY: "c2hvcnQ=",
    RONDO_OPERATOR_KEY: "short",
    RONDO_PUBLIC_URL: "music.example.com",
    RONDO_LLM_URL: "http://127.0.0.1:1/v1",
  });
  expect(err.code).toBe("CONFIG_INVALID");
  expect(err.faults?.map((fault) => fault.at).toSorted()).toEqual([
    "PORT",
    "RONDO_CHUNKS_URL",
    "RONDO_CONTROL_URL",
    "RONDO_LLM_MODEL",
    "RONDO_LOG",
    "RONDO_MASTER_KEY",
    "RONDO_OPERATOR_KEY",
    "RONDO_PUBLIC_URL",
  ]);
  for (const fault of err.faults ?? []) expect(fault.hint).toBeString();
});

test("RONDO_CHUNK_RETENTION accepts only a whole number with a unit", () => {
  const { trashDays, chunkRetentionMs, objectPartBytes } = readConfig({});
  expect({ trashDays, chunkRetentionMs, objectPartBytes }).toEqual({
    trashDays: 30,
    chunkRetentionMs: 7 * 86_400_000,
    objectPartBytes: undefined,
  });
  expect(readConfig({ RONDO_CHUNK_RETENTION: "90m" }).chunkRetentionMs).toBe(5_400_000);
  expect(readConfig({ RONDO_CHUNK_RETENTION: "0s" }).chunkRetentionMs).toBe(0);
  for (const bad of ["7", "d", "-1d", "1.5h", "7 d", "99999d"]) {
    expect(faultsOf({ RONDO_CHUNK_RETENTION: bad }).faults?.map((fault) => fault.at)).toEqual([
      "RONDO_CHUNK_RETENTION",
    ]);
  }
  const err = faultsOf({ RONDO_TRASH_DAYS: "soon", RONDO_OBJECT_PART_BYTES: "10" });
  expect(err.faults?.map((fault) => fault.at).toSorted()).toEqual([
    "RONDO_OBJECT_PART_BYTES",
    "RONDO_TRASH_DAYS",
  ]);
});

test("a rate limit is a number per duration, or the word “off”", () => {
  const { rateLimits, signInLimit } = readConfig({
    RONDO_LIMIT_WRITES: "5/2m",
    RONDO_LIMIT_BUSINESS: "off",
    RONDO_LIMIT_SIGN_INS: "3/1d",
  });
  expect(rateLimits.writes).toEqual({ quota: 5, windowSeconds: 120 });
  expect(rateLimits.business).toBeUndefined();
  expect(rateLimits.generations).toEqual({ quota: 120, windowSeconds: 3600 });
  expect(signInLimit).toEqual({ quota: 3, windowSeconds: 86_400 });
  for (const bad of ["5", "0/1m", "5/0s", "-5/1m", "5/1", "5 per minute", "none"]) {
    const faults = faultsOf({ RONDO_LIMIT_WRITES: bad }).faults?.map((fault) => fault.at);
    expect([bad, faults]).toEqual([bad, ["RONDO_LIMIT_WRITES"]]);
  }
  expect(faultsOf({ RONDO_TRUSTED_PROXIES: "all" }).faults?.[0]?.at).toBe("RONDO_TRUSTED_PROXIES");
});

test("an unknown scheme is refused with a list of the supported schemes", () => {
  const [fault] = faultsOf({ RONDO_QUEUE_URL: "kafka://host" }).faults ?? [];
  expect(fault?.message).toBe("kafka: is not supported here; use sqlite: or redis: or rediss:.");
});

test("an unencoded % in the password of a URL is refused with a hint", () => {
  for (const variable of ["RONDO_CONTROL_URL", "RONDO_CACHE_URL", "RONDO_MAIL_URL"]) {
    const scheme = { RONDO_CONTROL_URL: "postgres", RONDO_CACHE_URL: "redis" }[variable] ?? "smtp";
    const { faults = [] } = faultsOf({
      [variable]: `${scheme}://user:50%off@host/x`,
      RONDO_PUBLIC_URL: "https://a.example",
    });
    expect(faults).toEqual([
      { at: variable, message: expect.stringContaining("a %"), hint: expect.stringContaining("%25") },
    ]);
    expect(JSON.stringify(faults)).not.toContain("50%off");
  }
  expect(readConfig({ RONDO_CONTROL_URL: "sqlite:/data/50%off.db" }).controlUrl.location).toBe(
    "/data/50%off.db",
  );
});

test("a Neon project in RONDO_BUSINESS_URL requires an API key", () => {
  const { neon } = readConfig({ RONDO_BUSINESS_URL: "neon:quiet-forest-1", RONDO_NEON_API_KEY: "key" });
  expect(neon).toEqual({ apiKey: "key" });
  expect(faultsOf({ RONDO_BUSINESS_URL: "neon:" }).faults?.map(({ at }) => at)).toEqual([
    "RONDO_BUSINESS_URL",
    "RONDO_NEON_API_KEY",
  ]);
});

test("the error for an invalid URL does not contain the password of the URL", () => {
  const text = configFaultLines(faultsOf({ RONDO_BUSINESS_URL: "Postgres://admin:hunter2@host/db" }));
  expect(text).not.toContain("hunter2");
});

test("a secret is read from the file in the variable with the ending _FILE", async () => {
  await using directory = await createTemporaryDirectory();
  const file = (name: string) => join(directory.path, name);
  await Bun.write(file("operator"), "operator-key-from-a-file\n");
  await Bun.write(file("control"), "postgres://rondo:secret@db/rondo\n");
  await Bun.write(file("empty"), "\n");
  const config = readConfig({
    RONDO_OPERATOR_KEY_FILE: file("operator"),
    RONDO_CONTROL_URL_FILE: file("control"),
  });
  expect(config.operatorKey).toBe("operator-key-from-a-file");
  expect(config.controlUrl.location).toBe("postgres://rondo:secret@db/rondo");
  const { faults = [] } = faultsOf({
    RONDO_OPERATOR_KEY: "operator-key-of-the-environment",
    RONDO_OPERATOR_KEY_FILE: file("operator"),
    RONDO_MASTER_KEY_FILE: file("none"),
    RONDO_LLM_KEY_FILE: file("empty"),
  });
  expect(faults.map(({ at }) => at)).toEqual([
    "RONDO_MASTER_KEY_FILE",
    "RONDO_OPERATOR_KEY_FILE",
    "RONDO_LLM_KEY_FILE",
  ]);
});

test("the example in the hint of each setting is accepted", () => {
  for (const { variable, example, kind } of settingsIn(settings)) {
    if (example === "") continue;
    const refused: string[] = [];
    kind.parse(example, { variable, example }, (message) => void refused.push(message));
    expect([variable, refused]).toEqual([variable, []]);
  }
});

test("the tables in docs/settings.md match settings.ts", async () => {
  const page = await Bun.file(settingsPageFile).text();
  expect(settingsPageOf(page)).toBe(page);
  for (const { variable } of settingsIn(settings)) expect(page).toContain(`\`${variable}\``);
});

test("each of several generators can have its own name, key and number of slots", async () => {
  await using directory = await createTemporaryDirectory();
  const file = join(directory.path, "key");
  await Bun.write(file, "from a file\n");
  const { generators } = readConfig({
    RONDO_GENERATORS: "studio=elevenlabs:, local-one=acestep+http://127.0.0.1:8001/a,b, sketch=builtin:",
    RONDO_GENERATOR_KEY_STUDIO: "a key",
    RONDO_GENERATOR_KEY_LOCAL_ONE_FILE: file,
    RONDO_GENERATOR_SLOTS: "studio=2, sketch=8",
  });
  expect(generators?.map(({ name, url, key, slots }) => [name, url.scheme, key, slots])).toEqual([
    ["studio", "elevenlabs", "a key", 2],
    ["local-one", "acestep+http", "from a file", undefined],
    ["sketch", "builtin", undefined, 8],
  ]);
  expect(generators?.[1]?.url.location).toBe("acestep+http://127.0.0.1:8001/a,b");
  expect(readConfig({}).generators).toBeUndefined();
});

test.each([
  [{ RONDO_GENERATORS: "builtin:" }, "is not the name of a generator"],
  [{ RONDO_GENERATORS: "Studio=builtin:" }, "is not the name of a generator"],
  [{ RONDO_GENERATORS: "a=builtin:, a=builtin:" }, 'Two generators have the name "a"'],
  [{ RONDO_GENERATORS: "a=gopher://host" }, "a: gopher: is not supported here"],
  [{ RONDO_GENERATORS: "a=builtin:", RONDO_GENERATOR_SLOTS: "b=1" }, 'There is no generator "b"'],
  [{ RONDO_GENERATORS: "a=builtin:", RONDO_GENERATOR_SLOTS: "a=0" }, "a number from 1"],
  [{ RONDO_GENERATORS: "a=builtin:", RONDO_GENERATOR_URL: "builtin:" }, "RONDO_GENERATOR_URL is set, too"],
  [{ RONDO_GENERATORS: "a=builtin:", RONDO_GENERATOR_KEY_A_FILE: "/nowhere" }, "can't be read"],
] as [Record<string, string>, string][])("the settings %j are refused", (environment, message) => {
  expect(configFaultLines(faultsOf(environment))).toContain(message);
});
