// Tests the address at which generators reach the API.
import { expect, test } from "bun:test";
import { readConfig } from "../config/config.ts";
import { callbackUrlOf } from "./callback-url.ts";

const here = { RONDO_GENERATOR_URL: "http://127.0.0.1:8008", PORT: "3100" };

test.each([
  ["127.0.0.1 with the API's port for a generator on this machine", here, "http://127.0.0.1:3100"],
  [
    "undefined for a generator on another machine",
    { ...here, RONDO_GENERATOR_URL: "http://gpu.example:8008" },
    undefined,
  ],
  [
    "RONDO_HOST in brackets if RONDO_HOST is an IPv6 address",
    { ...here, RONDO_HOST: "::1" },
    "http://[::1]:3100",
  ],
  ["undefined if the port is 0", { ...here, PORT: "0" }, undefined],
  [
    "the public address if RONDO_PUBLIC_URL is set",
    { ...here, RONDO_PUBLIC_URL: "https://music.example" },
    "https://music.example",
  ],
  [
    "RONDO_GENERATOR_CALLBACK_URL if the public address is also set",
    { ...here, RONDO_PUBLIC_URL: "https://music.example", RONDO_GENERATOR_CALLBACK_URL: "http://proxy" },
    "http://proxy",
  ],
  ["undefined for the built-in composer, which runs in the worker", { PORT: "3100" }, undefined],
] as const)("the callback address is %s", (_, environment, expected) => {
  expect(callbackUrlOf(readConfig(environment))).toBe(expected as string);
});
