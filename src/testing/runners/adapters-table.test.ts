import { expect, test } from "bun:test";
import { contractOf } from "./adapters-table.ts";

test("a case of the contract is recognized by its name, also one of the rows of `test.each`", async () => {
  const isOfContract = await contractOf("generator");
  expect(isOfContract("yields chunks in order and without a gap until the planned end")).toBe(true);
  expect(isOfContract("refuses a prompt of 2,001 characters with INVALID_PARAMETER")).toBe(true);
  expect(isOfContract("refuses an empty prompt with INVALID_PARAMETER, but later")).toBe(false);
  expect(isOfContract("a case of an adapter")).toBe(false);
});
