// Tests on which connection a statement runs, depending on its earlier run times.
import { expect, test } from "bun:test";
import { createPaces } from "./pace.ts";

const text = "select 1";
const times = (count: number, run: () => void): void => {
  for (let at = 0; at < count; at += 1) run();
};

test("a text that is stopped at its first run gets its own connection, until it was quick for a while", () => {
  const paces = createPaces();
  const pace = paces.of(text);
  expect(pace.place).toBe("unknown");
  paces.note(pace, 150, true);
  expect(pace.place).toBe("apart");
  paces.note(pace, 400);
  times(2, () => paces.note(pace, 1));
  expect(pace.place).toBe("apart");
  paces.note(pace, 1);
  expect(pace.place).toBe("shared");
});

test("each time a text is slow again after its return, it has to be quick for longer", () => {
  const paces = createPaces();
  const pace = paces.of(text);
  paces.note(pace, 150, true);
  times(3, () => paces.note(pace, 1));
  paces.note(pace, 150, true);
  times(11, () => paces.note(pace, 1));
  expect(pace.place).toBe("apart");
  paces.note(pace, 1);
  expect(pace.place).toBe("shared");
});

test("a text that was always quick keeps sharing a connection when it is stopped once, but not when it is stopped twice in a row", () => {
  const paces = createPaces();
  const pace = paces.of(text);
  times(200, () => paces.note(pace, 1));
  paces.note(pace, 150, true);
  expect(pace.place).toBe("shared");
  paces.note(pace, 150, true);
  expect(pace.place).toBe("apart");
});

test("a text that does more than reading or writing rows always gets its own connection", () => {
  const paces = createPaces();
  const pace = paces.of("create database one");
  times(10, () => paces.note(pace, 1));
  expect(pace.place).toBe("apart");
});
