// Tests the address to which generators send their chunks.
import { expect, test } from "bun:test";
import { readConfig } from "../config/config.ts";
import { callbackUrlOf } from "./callback-url.ts";

const here = { RONDO_GENERATOR_URL: "http://127.0.0.1:8008", PORT: "3100" };

test.each([
  ["the API's port, for a generator on this machine", here, "http://127.0.0.1:3100"],
  [
    "none, for one on another machine",
    { ...here, RONDO_GENERATOR_URL: "http://gpu.example:8008" },
    undefined,
  ],
  ["none, where the port is not known before the start", { ...here, PORT: "0" }, undefined],
  ["the public one", { ...here, RONDO_PUBLIC_URL: "https://music.example" }, "https://music.example"],
  [
    "the one for generators before the public one",
    { ...here, RONDO_PUBLIC_URL: "https://music.example", RONDO_GENERATOR_CALLBACK_URL: "http://proxy" },
    "http://proxy",
  ],
  ["none, for the composer in the worker", { PORT: "3100" }, undefined],
] as const)("it is %s", (_, environment, expected) => {
  expect(callbackUrlOf(readConfig(environment))).toBe(expected as string);
});
