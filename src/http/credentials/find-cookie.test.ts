import { expect, test } from "bun:test";
import { findCookie } from "./find-cookie.ts";

test("a cookie is found only by its exact name", () => {
  const headers = new Headers({ cookie: "tokens; Token=1; token2=2; token = 3=3; later=a%20b; odd=%zz" });
  expect(findCookie(headers, "token")).toBe("3=3");
  expect(findCookie(headers, "later")).toBe("a b");
  for (const name of ["odd", "missing"]) expect(findCookie(headers, name)).toBeUndefined();
});
