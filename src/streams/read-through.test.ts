import { expect, test } from "bun:test";
import { join } from "node:path";
import { notFound } from "../errors.ts";
import { createSqliteChunkStore } from "../ports/chunk-store/sqlite/store.ts";
import { createTemporaryDirectory } from "../testing/temporary-directory.ts";
import { readThrough, type ReadThroughOptions } from "./read-through.ts";

test("a stream is read in pages between any two positions", async () => {
  await using directory = await createTemporaryDirectory();
  const store = createSqliteChunkStore({ directory: join(directory.path, "chunks") });
  const key = { businessId: "acme", path: "streams/song" };
  await store.create(key, { contentType: "audio/mpeg" });
  await store.append(key, { chunks: ["ab", "cd", "ef"].map((text) => new TextEncoder().encode(text)) });
  const pagesOf = async (options?: ReadThroughOptions) => {
    const pages: string[] = [];
    for await (const page of readThrough(store, key, options)) pages.push(Buffer.concat(page).toString());
    return pages;
  };
  expect(await pagesOf()).toEqual(["abcdef"]);
  expect(await pagesOf({ pageBytes: 2 })).toEqual(["ab", "cd", "ef"]);
  expect(await pagesOf({ from: 3, pageBytes: 2 })).toEqual(["d", "ef"]);
  expect(await pagesOf({ from: 2, to: 4 })).toEqual(["cd"]);
  expect(await pagesOf({ to: 9 })).toEqual(["abcdef"]);
  await expect(pagesOf({ to: 9, missing: () => notFound("audio") })).rejects.toMatchObject({
    code: "NOT_FOUND",
  });
  await store.close();
});
