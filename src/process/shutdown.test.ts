import { expect, test } from "bun:test";
import { createLog } from "./log.ts";
import { shutDown } from "./shutdown.ts";

const log = createLog("api", "silent");

test("if a phase of a shutdown hangs or throws, the later phases still run", async () => {
  const ran: string[] = [];
  const clean = await shutDown(
    [
      { name: "hangs", limitMs: 10, run: () => new Promise(() => ran.push("hangs")) },
      { name: "throws", limitMs: 1000, run: () => Promise.reject(new Error(`${ran.push("throws")}`)) },
      { name: "closes", limitMs: 1000, run: async () => ran.push("closes") },
    ],
    log,
  );
  expect(ran).toEqual(["hangs", "throws", "closes"]);
  expect(clean).toBe(false);
});

test("a shutdown in which no phase fails reports success", async () => {
  expect(await shutDown([{ name: "closes", limitMs: 1000, run: async () => {} }], log)).toBe(true);
});
