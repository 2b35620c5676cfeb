// Tests that a second start on the same port or folder is refused with an error message, and that Rondo can start again
// after a crash.
import { expect, setDefaultTimeout, test } from "bun:test";
import { symlink } from "node:fs/promises";
import { join } from "node:path";
import { exitBadSettings } from "../../../config/config.ts";
import { spawnProcess, type SpawnedProcess } from "../processes/spawned-process.ts";
import { createTemporaryDirectory } from "../../temporary-directory.ts";

setDefaultTimeout(60_000);

const root = join(import.meta.dirname, "../../../..");
const serving = /"url":"([^"]+?)\/?"/;

const environmentOf = (data: string, extra: Record<string, string> = {}) => ({
  RONDO_DATA: data,
  RONDO_OPERATOR_KEY: "test-operator-key-0123456789",
  PORT: "0",
  ...extra,
});

const startApi = (data: string, extra: Record<string, string> = {}): Promise<SpawnedProcess> =>
  spawnProcess({
    file: "src/main.ts",
    directory: root,
    environment: environmentOf(data, extra),
    startedWhen: serving,
  });

/** Starts a process that is expected to exit by itself. If it still runs after ten seconds, ends it. */
async function startInVain(command: readonly string[], data: string, extra: Record<string, string> = {}) {
  const child = Bun.spawn([process.execPath, ...command], {
    cwd: root,
    env: { PATH: Bun.env.PATH, ...environmentOf(data, extra) },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: 10_000,
  });
  const [code, said, errors] = await Promise.all([
    child.exited,
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  return { code, said, errors };
}

test("if its port is in use, an API exits with code 78 and an error message", async () => {
  await using one = await createTemporaryDirectory();
  await using two = await createTemporaryDirectory();
  const first = await startApi(one.path);
  try {
    const { port } = new URL(first.started[1] ?? "");
    const second = await startInVain(["src/main.ts"], two.path, { PORT: port, RONDO_OPERATOR_KEY: "" });
    expect(second).toMatchObject({ code: exitBadSettings });
    expect(second.errors).toContain(`PORT: Another program uses port ${port}.`);
    // Only the start that creates the operator key shows it. The second start failed before it created the key. So the
    // third start, on a free port, creates and shows the key.
    expect(second.said).not.toContain("Operator key");
    const third = await startApi(two.path, { RONDO_OPERATOR_KEY: "" });
    expect(third.output()).toContain("Operator key, shown this once: ro_");
    await third.end("SIGTERM");
    expect(second.errors).not.toContain("    at ");
  } finally {
    await first.end("SIGTERM");
  }
}, 60_000);

test("a second API on the same data folder is refused until the first API ends", async () => {
  await using directory = await createTemporaryDirectory();
  const data = join(directory.path, "data");
  const first = await startApi(data);
  await symlink(data, join(directory.path, "other-name"));
  try {
    for (const [path, extra] of [
      [data, {}],
      [join(directory.path, "other-name"), {}],
      [join(directory.path, "elsewhere"), { RONDO_CHUNKS_URL: `sqlite:${data}/chunks` }],
    ] as const) {
      const second = await startInVain(["src/main.ts"], path, extra);
      expect(second).toMatchObject({ code: exitBadSettings });
      expect(second.errors).toContain("Another Rondo is running on the folder");
      expect(second.errors).not.toContain("    at ");
    }
    const worker = await spawnProcess({
      file: "jobs/main.ts",
      directory: root,
      environment: environmentOf(data),
      startedWhen: /"msg":"working"/,
    });
    await worker.end("SIGTERM");
  } finally {
    await first.end("SIGKILL");
  }
  const again = await startApi(data);
  await again.end("SIGTERM");
}, 60_000);

test("a second `rondo start` on the same data folder exits with code 78 and an error message", async () => {
  await using directory = await createTemporaryDirectory();
  const first = await spawnProcess({
    file: "src/cli/main.ts",
    arguments: ["start"],
    directory: root,
    environment: environmentOf(directory.path),
    startedWhen: /Rondo is at (\S+)/,
  });
  try {
    const second = await startInVain(["src/cli/main.ts", "start"], directory.path);
    expect(second).toMatchObject({ code: exitBadSettings, said: "" });
    expect(second.errors).toContain("Another Rondo is running on the folder");
  } finally {
    await first.end("SIGTERM");
  }
}, 60_000);
