// The place in which a text is run, by its run times so far.
import { expect, test } from "bun:test";
import { createPaces } from "./pace.ts";

const text = "select 1";
const times = (count: number, run: () => void): void => {
  for (let at = 0; at < count; at += 1) run();
};

test("a text that is stopped at its first run has a connection to itself, until it was quick for a while", () => {
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

test("a text that comes back in vain has to be quick for longer each time", () => {
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

test("a text that is always quick stays among others when it is stopped once, and not when it is again at once", () => {
  const paces = createPaces();
  const pace = paces.of(text);
  times(200, () => paces.note(pace, 1));
  paces.note(pace, 150, true);
  expect(pace.place).toBe("shared");
  paces.note(pace, 150, true);
  expect(pace.place).toBe("apart");
});

test("a text that does more than to read or write rows always has a connection to itself", () => {
  const paces = createPaces();
  const pace = paces.of("create database one");
  times(10, () => paces.note(pace, 1));
  expect(pace.place).toBe("apart");
});
