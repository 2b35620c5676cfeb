import { expect, test } from "bun:test";
import { errorOfCode } from "./errors.ts";

test.each([
  ["SQLITE_FULL", "STORAGE_FULL"],
  ["SQLITE_IOERR_WRITE", "STORAGE_FULL"],
  ["SQLITE_IOERR_SHMSIZE", "STORAGE_FULL"],
  ["SQLITE_IOERR_READ", "UNAVAILABLE"],
  ["SQLITE_IOERR_SHORT_READ", "UNAVAILABLE"],
  ["SQLITE_BUSY", "UNAVAILABLE"],
  ["SQLITE_CORRUPT", "STORE_DAMAGED"],
])("SQLite's error %s becomes %s", (code, expected) => {
  expect(errorOfCode(code, new Error(code))).toMatchObject({ code: expected });
});
