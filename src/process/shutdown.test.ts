import { expect, test } from "bun:test";
import { createLog } from "./log.ts";
import { shutDown } from "./shutdown.ts";

const log = createLog("api", "silent");

test("the phases of a shutdown run in order, even after a phase that hangs or throws; then the shutdown reports a failure", async () => {
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
