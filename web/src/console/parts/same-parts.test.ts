// Tests that, when a value is read again, the parts that have not changed are the same objects as before.
import { expect, test } from "bun:test";
import { withSameParts } from "./same-parts.ts";

const list = () => ({
  items: [
    { id: "a", state: "failed", data: { of: [1, 2] } },
    { id: "b", state: "failed", data: { of: [] } },
  ],
});

test("if the new value equals the earlier one, the earlier object is returned", () => {
  const before = list();
  expect(withSameParts(before, list())).toBe(before);
});

test("a list with a new item at its beginning keeps the objects of the other items", () => {
  const before = list();
  const after = withSameParts(before, {
    items: [{ id: "c", state: "failed", data: { of: [] } }, ...list().items],
  });
  expect(after.items.map(({ id }) => id)).toEqual(["c", "a", "b"]);
  expect(after.items[1]).toBe(before.items[0]!);
  expect(after.items[2]).toBe(before.items[1]!);
});

test("a changed item is a new object that contains the unchanged parts of the earlier item", () => {
  const before = list();
  const changed = list();
  changed.items[0]!.state = "waiting";
  const after = withSameParts(before, changed);
  expect(after).toEqual(changed);
  expect(after).not.toBe(before);
  expect(after.items[0]).not.toBe(before.items[0]!);
  expect(after.items[0]!.data).toBe(before.items[0]!.data);
  expect(after.items[1]).toBe(before.items[1]!);
});

test.each([
  [undefined, list()],
  [list(), { items: [] }],
  [{ items: [] }, list()],
  [null, {}],
  [[], {}],
  [{ a: undefined }, { b: undefined }],
  [1, "1"],
  [{ a: null }, { a: {} }],
])("if %j is read first and %j later, the result equals the later value", (before, after) => {
  expect(withSameParts<unknown>(before, after)).toEqual(after);
});
