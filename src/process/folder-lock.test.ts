// Tests the locks of the folders in one process. `two-of-one.server.test.ts` tests them with a second process.
import { expect, test } from "bun:test";
import { mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { readConfig } from "../config/config.ts";
import { createTemporaryDirectory } from "../testing/temporary-directory.ts";
import { lockFolders } from "./folder-lock.ts";

test("a folder that two settings name by different paths is locked as one folder", async () => {
  await using directory = await createTemporaryDirectory();
  const data = join(directory.path, "data");
  const link = join(directory.path, "link");
  await mkdir(data);
  await symlink(data, link);
  const config = readConfig({ RONDO_DATA: link, RONDO_CONTROL_URL: `sqlite:${data}/control.db` });
  const lock = lockFolders(config, "api");
  expect(() => lockFolders(config, "api")).toThrow("Rondo can't start with these settings.");
  lock.release();
  lockFolders(config, "api").release();
});
