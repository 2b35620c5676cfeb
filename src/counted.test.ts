import { expect, test } from "bun:test";
import { counted } from "./counted.ts";

test("a noun is in the singular after 1, and in the plural after every other number", () => {
  expect(counted(0, "job")).toBe("0 jobs");
  expect(counted(1, "job")).toBe("1 job");
  expect(counted(2, "job")).toBe("2 jobs");
  expect(counted(1, "business", "businesses")).toBe("1 business");
  expect(counted(12, "business", "businesses")).toBe("12 businesses");
});
