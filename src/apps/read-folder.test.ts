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

test("if a file or a folder of an app can't be read, the app has a fault with the name of this file or folder", async () => {
  expect(await faultsOf((folder) => writeFile(join(folder, "tables"), ""))).toEqual([
    "tables# The folder can't be read (ENOTDIR).",
  ]);
  expect(await faultsOf((folder) => mkdir(join(folder, "query-specs/a.json"), { recursive: true }))).toEqual([
    "query-specs/a.json# The file can't be read (EISDIR).",
  ]);
});

test.each(["5", "[]", "{}", "null"])(
  "an app.json with the content %s is a fault, because this content names no format",
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
