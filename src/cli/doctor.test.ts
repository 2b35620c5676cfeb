// rondo doctor as a person, and as a script, runs it.
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

test("all well: a line for each setting, and exit code 0", async () => {
  const { out, code } = await runDoctor({});
  expect(code).toBe(0);
  for (const setting of ["RONDO_DATA", "RONDO_MASTER_KEY", "RONDO_OBJECTS_URL", "RONDO_PUBLIC_URL"]) {
    expect(out).toContain(setting);
  }
  expect(out).toEndWith("All is well, with 0 warnings.\n");
}, 30_000);

test("something wrong: a hint, exit code 1, and no password", async () => {
  const { out, code } = await runDoctor({ RONDO_QUEUE_URL: "redis://:hunter2@127.0.0.1:1" });
  expect(code).toBe(1);
  expect(out).toMatch(/WRONG +RONDO_QUEUE_URL +Redis cannot be reached\.\n +Is it running/);
  expect(out).not.toContain("hunter2");
}, 30_000);

test("--json gives the same for scripts, also for settings that can't be read", async () => {
  const { out, code } = await runDoctor({ PORT: "x", RONDO_CACHE_URL: "memcached://host" }, "--json");
  expect(code).toBe(1);
  const { isWell, findings } = JSON.parse(out) as { isWell: boolean; findings: { setting: string }[] };
  expect(isWell).toBe(false);
  expect(findings.map(({ setting }) => setting).toSorted()).toEqual(["PORT", "RONDO_CACHE_URL"]);
  expect(findings[0]).toMatchObject({ state: "wrong", says: expect.any(String), hint: expect.any(String) });
}, 30_000);
