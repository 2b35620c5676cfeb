import { expect, test } from "bun:test";
import { AppError } from "../errors.ts";
import { createRepeatedErrors } from "./repeated-errors.ts";

test("an error that occurs a hundred times within a minute is logged once", () => {
  const told: unknown[] = [];
  const tell = createRepeatedErrors(({ err }) => told.push(err));
  const full = new AppError("STORAGE_FULL", "There is no space left.");
  for (let times = 0; times < 100; times++) tell(full);
  expect(told).toEqual([full]);
  const other = new Error("something else");
  tell(other);
  expect(told).toEqual([full, other]);
});
