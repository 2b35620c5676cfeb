// Tests the permissions of the files that a running Rondo creates. Other users of the machine must have no access.

import { expect, test } from "bun:test";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { openToOthers } from "../testing/open-to-others.ts";
import { createTemporaryDirectory } from "../testing/temporary-directory.ts";
import { startRondo } from "../testing/whole/processes/rondo-processes.ts";

test("other users of the machine can't read any file that a running Rondo creates", async () => {
  // With this usual umask, new files are readable for others unless Rondo itself prevents this.
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
}, 60_000);
