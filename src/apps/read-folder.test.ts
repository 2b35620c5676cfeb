import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "bun:test";
import { isAppError } from "../errors.ts";
import { createTemporaryDirectory } from "../testing/temporary-directory.ts";
import { appFormat } from "./app.ts";
import { readAppFolder } from "./read-folder.ts";

async function faultsOf(fill: (folder: string) => Promise<unknown>) {
  await using directory = await createTemporaryDirectory();
  await fill(directory.path);
  const err = await readAppFolder(directory.path).catch((cause: unknown) => cause);
  return isAppError(err, "APP_INVALID") ? err.faults!.map(({ at, message }) => `${at} ${message}`) : err;
}

test("a file or folder of an app that can't be read is reported by name", async () => {
  expect(await faultsOf((folder) => writeFile(join(folder, "tables"), ""))).toEqual([
    "tables# The folder can't be read (ENOTDIR).",
  ]);
  expect(await faultsOf((folder) => mkdir(join(folder, "query-specs/a.json"), { recursive: true }))).toEqual([
    "query-specs/a.json# The file can't be read (EISDIR).",
  ]);
});

test.each(["5", "[]", "{}", "null"])(
  "an app.json with the content %s has a fault, because the format is missing",
  async (text) => {
    expect(await faultsOf((folder) => writeFile(join(folder, "app.json"), text))).toEqual([
      `app.json# The file has to contain an object with "format": ${appFormat}.`,
    ]);
  },
);

test("an app without app.json has the present format", async () => {
  await using directory = await createTemporaryDirectory();
  expect(await readAppFolder(directory.path)).toEqual({ format: appFormat, tables: {}, querySpecs: {} });
});
