import { expect, test } from "bun:test";
import { viewOf } from "./address.ts";

test("each known address opens its view, and an unknown address opens the view for missing pages", () => {
  expect(
    ["/", "/p/0197", "/a/0198", "/albums", "/trash", "/nothing", "/p", "/p/", "/p/0197/more"].map(viewOf),
  ).toEqual([
    { name: "pieces" },
    { name: "piece", id: "0197" },
    { name: "album", id: "0198" },
    { name: "albums" },
    { name: "trash" },
    { name: "missing" },
    { name: "missing" },
    { name: "missing" },
    { name: "missing" },
  ]);
});
