import { expect, test } from "bun:test";
import { stored } from "./stored.ts";

test("localStorage and sessionStorage have separate values for the same name", () => {
  stored("a").write({ seconds: 60 });
  stored("a", "sessionStorage").write("here");
  expect(stored("a").read()).toEqual({ seconds: 60 });
  expect(stored("a", "sessionStorage").read()).toBe("here");
  expect(stored("b").read()).toBeNull();
});

test("a stored text that is not JSON is read as null", () => {
  localStorage.setItem("a", "{half");
  expect(stored("a").read()).toBeNull();
});

test("if the browser refuses storage, no error is thrown", () => {
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
