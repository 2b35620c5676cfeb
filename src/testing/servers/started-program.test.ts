// Tests how a test starts a server program. If the start fails, the program must not go on running.
import { expect, test } from "bun:test";
import { join } from "node:path";
import { createTemporaryDirectory } from "../temporary-directory.ts";
import { startProgram } from "./started-program.ts";

const isRunning = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

test("if a program is not ready in time, the program is ended", async () => {
  await using directory = await createTemporaryDirectory();
  const file = join(directory.path, "pid");
  const command = ["sh", "-c", `echo $$ > ${file}; exec sleep 100`];
  const starting = startProgram({ command, isReady: () => false, timeoutMs: 300 });
  await expect(starting).rejects.toThrow("not met within 300 ms: sh is ready");
  const pid = Number(await Bun.file(file).text());
  expect(pid).toBeGreaterThan(1);
  expect(isRunning(pid)).toBe(false);
});

test("if a program ends before it is ready, the error names the exit code", async () => {
  const starting = startProgram({ command: ["sh", "-c", "exit 3"], isReady: () => false });
  await expect(starting).rejects.toThrow("sh ended before it was ready: code 3");
});

test("a ready program runs until it is disposed of", async () => {
  const lines: string[] = [];
  const program = await startProgram({
    command: ["sh", "-c", "echo $$; echo ready; exec sleep 100"],
    isReady: () => lines.includes("ready"),
    onLine: (line) => lines.push(line),
  });
  const pid = Number(lines[0]);
  expect(isRunning(pid)).toBe(true);
  await program[Symbol.asyncDispose]();
  expect(isRunning(pid)).toBe(false);
});
