// Tests that `setStage`, which starts the app and a browser for the browser tests, leaves no
// process of the app behind if the browser can't start.
import { expect, test } from "bun:test";
import { readdir } from "node:fs/promises";
import { until } from "../../../../src/testing/until.ts";
import { setStage, TEST_MS_MAX } from "./stage.ts";

/** Returns the command lines of the app's processes that this process started and that still run. */
async function children(): Promise<string[]> {
  const read = (pid: string, file: string) =>
    Bun.file(`/proc/${pid}/${file}`)
      .text()
      .catch(() => "");
  const found: string[] = [];
  for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name)))
    if (/\) \S (\d+)/.exec(await read(pid, "stat"))?.[1] === String(process.pid))
      found.push((await read(pid, "cmdline")).replaceAll("\0", " ").trim());
  return found.filter((line) => /src\/main\.ts|jobs\/main\.ts/.test(line));
}

test(
  "if the browser can't start, `setStage` ends the app and throws the reason",
  async () => {
    const launch = async () => {
      await until("the app's processes run", async () => (await children()).length === 2);
      throw new Error("There is no browser here.");
    };
    expect(await setStage(launch).catch((err: Error) => err.message)).toBe("There is no browser here.");
    expect(await children()).toEqual([]);
  },
  TEST_MS_MAX,
);
