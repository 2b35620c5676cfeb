// Tests the commands of `rondo jobs` from the point of view of an operator.

import { expect, test } from "bun:test";
import { addFailedUploads } from "../testing/failed-uploads.ts";
import { runRondo } from "../testing/run-rondo.ts";
import { createStudio } from "../testing/studio.ts";

test("rondo jobs can count, list, show and retry jobs", async () => {
  await using studio = await createStudio();
  await addFailedUploads(studio);
  const rondo = (...args: string[]) => runRondo(studio.stores.config.dataDir, "jobs", ...args);
  expect((await rondo("counts")).out).toContain("upload-retry\t0\t0\t0\t0\t2");
  const found = await rondo(
    ...["list", "--state", "failed", "--text", "full", "--business", studio.business.slug],
  );
  expect(found.out.trim().split("\t").slice(0, 3)).toEqual(["upload-retry", "one", "failed"]);
  expect(JSON.parse((await rondo("show", "upload-retry", "two")).out)).toMatchObject({ id: "two" });
  expect(await rondo("retry", "upload-retry", "one")).toMatchObject({ code: 0 });
  expect((await rondo("retry-all", "--queue", "upload-retry")).out).toBe("1 job will be retried.\n");
  const refused = await rondo("drop", "upload-retry", "one");
  expect([refused.code, refused.err]).toEqual([1, expect.stringContaining("waiting, not failed")]);
}, 60_000);
