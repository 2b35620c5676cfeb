// Tests that Rondo makes its existing files private when it starts. Files that an earlier version
// created can be readable by other users of the machine.
import { expect, setDefaultTimeout, test } from "bun:test";
import { chmod, readdir } from "node:fs/promises";
import { join } from "node:path";
import { openToOthers } from "../testing/open-to-others.ts";
import { createStudio } from "../testing/studio.ts";
import { createTestStores } from "../testing/test-stores.ts";
import { createTemporaryDirectory } from "../testing/temporary-directory.ts";

setDefaultTimeout(60_000);

test("a start of Rondo makes Rondo's own files private, and changes no other file", async () => {
  const before = process.umask(0o022);
  await using directory = await createTemporaryDirectory();
  const data = join(directory.path, "data");
  const environment = { RONDO_DATA: data };
  await using first = await createStudio(environment);
  await first.make();
  const foreign = join(data, "notes.txt");
  await Bun.write(foreign, "not of Rondo");
  const names = await readdir(data, { recursive: true });
  const ours = names.filter((name) => !name.startsWith("objects") && /\.(db|key)/.test(name));
  expect(ours.length).toBeGreaterThan(4);
  for (const name of ours) await chmod(join(data, name), 0o644);
  for (const folder of ["", "businesses", "chunks"]) await chmod(join(data, folder), 0o755);
  await chmod(foreign, 0o644);
  await using _second = await createTestStores(environment);
  process.umask(before);
  expect(await openToOthers(data)).toEqual([`${foreign} 644`]);
});
