import { expect, test } from "bun:test";
import { stored } from "./stored.ts";

test("a value is kept for all tabs, or for this one", () => {
  stored("a").write({ seconds: 60 });
  stored("a", "sessionStorage").write("here");
  expect(stored("a").read()).toEqual({ seconds: 60 });
  expect(stored("a", "sessionStorage").read()).toBe("here");
  expect(stored("b").read()).toBeNull();
});

test("what is no JSON counts as nothing", () => {
  localStorage.setItem("a", "{half");
  expect(stored("a").read()).toBeNull();
});

test("a browser that refuses storage keeps nothing, and nothing fails", () => {
  const property = Object.getOwnPropertyDescriptor(globalThis, "localStorage")!;
  Object.defineProperty(globalThis, "localStorage", {
    configurable: true,
    get: () => {
      throw new DOMException("denied", "SecurityError");
    },
  });
  try {
    stored("a").write(1);
    expect(stored("a").read()).toBeNull();
  } finally {
    Object.defineProperty(globalThis, "localStorage", property);
  }
});
