import { afterEach, expect, test } from "bun:test";
import { parts } from "./address.ts";

afterEach(() => {
  location.hash = "";
});

const showing = async (hash: string) => {
  location.hash = hash;
  dispatchEvent(new Event("hashchange"));
  return parts();
};

test("a part of the address that can't be decoded is returned unchanged", async () => {
  expect(await showing("#/businesses/a%2Fb")).toEqual(["businesses", "a/b"]);
  expect(await showing("#/businesses/100%")).toEqual(["businesses", "100%"]);
});
