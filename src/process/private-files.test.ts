// Tests the permissions of the embedded stores' files: other users of the machine have no access.
import { expect, setDefaultTimeout, test } from "bun:test";
import { chmod, lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import { createStudio } from "../testing/studio.ts";
import { createTestStores } from "../testing/test-stores.ts";
import { startRondo } from "../testing/whole/rondo-processes.ts";
import { createTemporaryDirectory } from "../testing/temporary-directory.ts";

setDefaultTimeout(60_000);

/** The permissions of other users, by path. */
async function openToOthers(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder, { recursive: true });
  const found = await Promise.all(
    [folder, ...names.map((name) => join(folder, name))].map(async (path) => {
      const { mode } = await lstat(path).catch(() => ({ mode: 0 }));
      return (mode & 0o077) === 0 ? [] : [`${path} ${(mode & 0o777).toString(8)}`];
    }),
  );
  return found.flat();
}

test("no other user of the machine can read a file that a running Rondo creates, including its locks and journals", async () => {
  const before = process.umask(0o022);
  await using directory = await createTemporaryDirectory();
  const data = join(directory.path, "data");
  await using rondo = await startRondo({ RONDO_DATA: data });
  process.umask(before);
  const post = async (path: string, json: object, token?: string) => {
    const headers = {
      "content-type": "application/json",
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    };
    const res = await fetch(`${rondo.url}${path}`, { method: "POST", headers, body: JSON.stringify(json) });
    return (await res.json()) as Record<string, string>;
  };
  const { token } = await post("/v1/accounts/guest", { business: "demo" });
  const { requestId } = await post("/v1/generations", { prompt: "rain", durationSeconds: 10 }, token);
  const events = `${rondo.url}/v1/generations/${requestId}/events?offset=-1&live=sse`;
  await (await fetch(events, { headers: { authorization: `Bearer ${token}` } })).text();
  expect((await readdir(data)).length).toBeGreaterThan(5);
  expect(await openToOthers(data)).toEqual([]);
});

test("files that an earlier version left readable to others are made private at the start; other files beside them are unchanged", async () => {
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
