// Tests the command `rondo generator check`, as the author of a generator uses it.
import { expect, test } from "bun:test";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { serveToneGenerator } from "../testing/generator-server/bad-generator.ts";
import { createTemporaryDirectory } from "../testing/temporary-directory.ts";

async function run(words: readonly string[], environment: Record<string, string> = {}) {
  const child = Bun.spawn(
    [process.execPath, join(import.meta.dirname, "main.ts"), "generator", "check", ...words],
    {
      env: { PATH: Bun.env.PATH, ...environment },
      stdout: "pipe",
      stderr: "pipe",
    },
  );
  const [out, err, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  return { out, err, code };
}

const short = ["--seconds", "2", "--only", "description.capabilities,signature,stream.order"];

test("the check of a correct generator has the exit code 0", async () => {
  await using directory = await createTemporaryDirectory();
  const [secretFile, junit] = [join(directory.path, "secret"), join(directory.path, "junit.xml")];
  await writeFile(secretFile, "a secret\n");
  await using good = await serveToneGenerator("a secret");
  const byFile = await run([good.url, ...short, "--secret-file", secretFile, "--junit", junit]);
  expect(byFile).toMatchObject({ code: 0, err: "" });
  expect(byFile.out).toContain("10 passed, 0 failed, 0 skipped.");
  expect(await readFile(junit, "utf8")).toContain('failures="0"');
  const byEnvironment = await run([good.url, ...short], { RONDO_GENERATOR_SECRET: "a secret" });
  expect(byEnvironment.code).toBe(0);
}, 60_000);

test("with a wrong secret, the case `signature.right` fails, and the exit code is 1", async () => {
  await using good = await serveToneGenerator("a secret");
  const other = await run([good.url, "--only", "signature.right"], { RONDO_GENERATOR_SECRET: "another" });
  expect(other.code).toBe(1);
  expect(other.out).toContain("both sides have the same secret");
}, 60_000);

test("each wrong input of rondo generator check has its own error message", async () => {
  expect(await run(["http://127.0.0.1:9"])).toMatchObject({ code: 1, out: "" });
  expect((await run(["http://127.0.0.1:9"])).err).toContain("GET /health was not answered");
  expect((await run(["localhost:8008"])).err).toContain("begins with http:// or https://");
  expect((await run(["http://127.0.0.1:9", "--only", "nothing"])).err).toContain("--list");
  expect((await run(["http://127.0.0.1:9", "--delivery", "mail"])).err).toContain("body, stream, mongodb");
  expect((await run(["--list", "--only", "cancel"])).out.split("\n")[0]).toContain("DELETE of an unknown");
}, 60_000);
