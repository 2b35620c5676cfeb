import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { contractOf, findAdapters, presentRowOf } from "./adapters-table.ts";

test("each test of a contract, and each row of a `test.each`, is recognized by its name", async () => {
  const isOfContract = await contractOf("generator");
  expect(isOfContract("yields chunks in order and without a gap until the planned end")).toBe(true);
  expect(isOfContract("refuses a prompt of 2,001 characters with INVALID_PARAMETER")).toBe(true);
  expect(isOfContract("refuses an empty prompt with INVALID_PARAMETER, but later")).toBe(false);
  expect(isOfContract("a case of an adapter")).toBe(false);
});

test("the test file of each adapter exists", async () => {
  const adapters = await findAdapters();
  expect(adapters.length).toBeGreaterThan(20);
  for (const { folder, test: file } of adapters)
    expect(existsSync(join(import.meta.dirname, "../../ports", folder, file)), `${folder}/${file}`).toBe(
      true,
    );
});

test("the page of adapters has a row for each adapter", async () => {
  const page = await Bun.file(join(import.meta.dirname, "../../../docs/reference/adapters.md")).text();
  for (const adapter of await findAdapters())
    expect(presentRowOf(page, adapter), `${adapter.folder}/${adapter.test}`).toHaveLength(6);
  const [adapter] = await findAdapters();
  expect(presentRowOf(page, { ...adapter!, technology: "none" })).toBeUndefined();
});
