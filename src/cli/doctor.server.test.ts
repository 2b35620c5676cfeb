// Tests the output of rondo doctor for people and for scripts.
import { expect, test } from "bun:test";
import { join } from "node:path";
import { createTemporaryDirectory } from "../testing/temporary-directory.ts";

async function runDoctor(environment: Record<string, string>, ...words: string[]) {
  await using directory = await createTemporaryDirectory();
  const child = Bun.spawn([process.execPath, join(import.meta.dirname, "main.ts"), "doctor", ...words], {
    env: { PATH: Bun.env.PATH, RONDO_DATA: directory.path, ...environment },
    stdout: "pipe",
    stderr: "pipe",
  });
  const [out, code] = await Promise.all([new Response(child.stdout).text(), child.exited]);
  return { out, code };
}

test("without a fault, rondo doctor prints the checked settings, and the exit code is 0", async () => {
  const { out, code } = await runDoctor({});
  expect(code).toBe(0);
  for (const setting of ["RONDO_DATA", "RONDO_MASTER_KEY", "RONDO_OBJECTS_URL", "RONDO_PUBLIC_URL"]) {
    expect(out).toContain(setting);
  }
  expect(out).toEndWith("0 faults, 0 warnings.\n");
}, 60_000);

test("if a setting is faulty, rondo doctor prints a hint without the password of the URL", async () => {
  const { out, code } = await runDoctor({ RONDO_QUEUE_URL: "redis://:hunter2@127.0.0.1:1" });
  expect(code).toBe(1);
  expect(out).toMatch(/WRONG +RONDO_QUEUE_URL +Redis cannot be reached\.\n +Is it running/);
  expect(out).not.toContain("hunter2");
}, 60_000);

test("with --json, rondo doctor prints the findings as JSON", async () => {
  const { out, code } = await runDoctor({ PORT: "x", RONDO_CACHE_URL: "memcached://host" }, "--json");
  expect(code).toBe(1);
  const { isWell, findings } = JSON.parse(out) as { isWell: boolean; findings: { setting: string }[] };
  expect(isWell).toBe(false);
  expect(findings.map(({ setting }) => setting).toSorted()).toEqual(["PORT", "RONDO_CACHE_URL"]);
  expect(findings[0]).toMatchObject({ state: "wrong", says: expect.any(String), hint: expect.any(String) });
}, 60_000);

test("for an unknown variable, rondo doctor prints a warning with the most similar setting", async () => {
  const { out, code } = await runDoctor({ RONDO_CHUNK_URL: "mongodb://:hunter2@host" });
  expect(code).toBe(0);
  expect(out).toMatch(
    /warning +RONDO_CHUNK_URL +This variable .*no effect\.\n +Did you mean RONDO_CHUNKS_URL\?/,
  );
  expect(out).not.toContain("hunter2");
}, 60_000);
