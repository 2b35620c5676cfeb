// Tests the errors of processes that can't start: each error names the wrong setting in a sentence, and contains
// neither a stack trace nor a password. If only the chunk store is unavailable, the process starts, and its log names
// the setting.
import { expect, setDefaultTimeout, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { spawnProcess } from "../testing/whole/processes/spawned-process.ts";
import { until } from "../testing/until.ts";
import { createTemporaryDirectory } from "../testing/temporary-directory.ts";

// On a busy machine, starting a process takes seconds.
setDefaultTimeout(180_000);
const root = join(import.meta.dirname, "../..");

async function run(words: readonly string[], environment: Record<string, string>) {
  await using directory = await createTemporaryDirectory();
  const child = Bun.spawn([process.execPath, ...words.map((word) => word.replace(/^@/, `${root}/`))], {
    cwd: directory.path,
    env: { PATH: Bun.env.PATH, RONDO_DATA: directory.path, RONDO_LOG: "silent", PORT: "0", ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const killing = setTimeout(() => child.kill("SIGKILL"), 60_000);
  const [code, out, err] = await Promise.all([
    child.exited,
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  clearTimeout(killing);
  const text = `${out}${err}`;
  expect(text).not.toMatch(/^\s+at |^\s*\d+ \||\.ts:\d+|hunter2/m);
  return { code, text };
}

const api = ["@src/main.ts"];
const worker = ["@jobs/main.ts"];
const commandLine = ["@src/cli/main.ts", "business", "list"];
const closed = "127.0.0.1:9";

const away: readonly (readonly [string, string, readonly (readonly string[])[]])[] = [
  ["RONDO_CONTROL_URL", `postgres://rondo:hunter2@${closed}/rondo`, [api, worker, commandLine]],
  ["RONDO_QUEUE_URL", `redis://:hunter2@${closed}`, [api, worker, commandLine]],
  ["RONDO_BUSINESS_URL", `postgres://rondo:hunter2@${closed}/rondo`, [api]],
];

for (const [setting, url, processes] of away) {
  test(`if the store in ${setting} is unavailable at the start, the error names ${setting}`, async () => {
    for (const { code, text } of await Promise.all(
      processes.map((words) => run(words, { [setting]: url })),
    )) {
      expect(text).toContain(`${setting}: `);
      expect(text).toContain(closed);
      expect(text).toContain("rondo doctor");
      expect(code).toBe(1);
    }
  });
}

test.each([
  ["src/main.ts", /"serving"/],
  ["jobs/main.ts", /"working"/],
] as const)(
  "if the chunk store is unavailable when %s starts, the log names the setting",
  async (file, startedWhen) => {
    await using directory = await createTemporaryDirectory();
    const environment = {
      RONDO_DATA: directory.path,
      RONDO_LOG: "info",
      PORT: "0",
      RONDO_CHUNKS_URL: `mongodb://${closed}/rondo`,
    };
    const started = await spawnProcess({ file, directory: directory.path, environment, startedWhen });
    await until("the log names it", () => /"setting":"RONDO_CHUNKS_URL"/.test(started.output()), 90_000);
    await started.end("SIGKILL");
  },
);

test("if a folder can't be created, the error names the setting of the folder", async () => {
  await using directory = await createTemporaryDirectory();
  const file = `${directory.path}/file`;
  writeFileSync(file, "");
  const settings = {
    RONDO_DATA: `${file}/data`,
    RONDO_CONTROL_URL: `sqlite:${file}/control.db`,
    RONDO_QUEUE_URL: `sqlite:${file}/jobs.db`,
    RONDO_BUSINESS_URL: `sqlite:${file}/businesses`,
    RONDO_CHUNKS_URL: `sqlite:${file}/chunks`,
    RONDO_OBJECTS_URL: `file:${file}/objects`,
  };
  const processes = [api, worker, commandLine, ["@src/cli/main.ts", "start"]];
  for (const [at, [setting, url]] of Object.entries(settings).entries()) {
    const words = processes[at % processes.length]!;
    const { code, text } = await run(words, { [setting]: url });
    expect(text).toContain(`${setting}: ${file}`);
    expect(text).toContain("Use a path below a folder that exists and is writable.");
    expect(code).toBe(78);
  }
});

test("if an address or a path is unusable, the error names the setting", async () => {
  const elsewhere = await run(api, { RONDO_HOST: "203.0.113.7" });
  expect(elsewhere.text).toContain('RONDO_HOST: "203.0.113.7" is not an address of this machine.');
  for (const [name, words, setting] of [
    ["master.key", worker, "RONDO_DATA"],
    [".api.lock", api, "RONDO_DATA"],
    ["jobs.db", commandLine, "RONDO_QUEUE_URL"],
    ["control.db", worker, "RONDO_CONTROL_URL"],
  ] as const) {
    await using directory = await createTemporaryDirectory();
    mkdirSync(`${directory.path}/${name}`);
    const { code, text } = await run(words, { RONDO_DATA: directory.path });
    expect([name, text]).toEqual([name, expect.stringContaining(`${setting}: ${directory.path}`)]);
    expect(code).toBe(78);
  }
});

test("if the file of the control database is not a database, the error gives this reason", async () => {
  await using directory = await createTemporaryDirectory();
  const file = `${directory.path}/control.db`;
  writeFileSync(file, "x".repeat(8192));
  for (const words of [api, worker, commandLine]) {
    const { code, text } = await run(words, { RONDO_CONTROL_URL: `sqlite:${file}` });
    expect(text).toContain(`RONDO_CONTROL_URL: ${file}: the file is damaged, or is not a database`);
    expect(code).toBe(78);
  }
});
