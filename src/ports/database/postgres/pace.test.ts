// Tests whether a statement runs on a shared connection or on its own connection. This depends on how long the earlier
// runs of the statement took, and on whether the server stopped them at the time limit of shared connections.
import { expect, test } from "bun:test";
import { createPaces } from "./pace.ts";

const text = "select 1";
const times = (count: number, run: () => void): void => {
  for (let at = 0; at < count; at += 1) run();
};

test("a statement whose first run reaches the time limit gets its own connection", () => {
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

test("a statement that became slow twice needs twelve quick runs for a shared connection", () => {
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

test("a quick statement gets its own connection after two runs that reach the time limit", () => {
  const paces = createPaces();
  const pace = paces.of(text);
  times(200, () => paces.note(pace, 1));
  paces.note(pace, 150, true);
  expect(pace.place).toBe("shared");
  paces.note(pace, 150, true);
  expect(pace.place).toBe("apart");
});

test("a statement that does more than read or write rows always gets its own connection", () => {
  const paces = createPaces();
  const pace = paces.of("create database one");
  times(10, () => paces.note(pace, 1));
  expect(pace.place).toBe("apart");
});
