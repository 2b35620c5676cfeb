import { expect, test } from "bun:test";
import { findUnknownVariables } from "./unknown-variables.ts";

test("the hint for an unknown variable names the most similar setting", () => {
  expect(
    findUnknownVariables({ RONDO_CHUNK_URL: "mongodb://user:secret@host", RONDO_COLOUR: "red" }),
  ).toEqual([
    { variable: "RONDO_CHUNK_URL", hint: "Did you mean RONDO_CHUNKS_URL?" },
    { variable: "RONDO_COLOUR", hint: "docs/settings.md lists all settings." },
  ]);
});

test("settings of Rondo, keys of generators and variables of Kubernetes are not reported", () => {
  const names = [
    ...[
      "RONDO_CHUNKS_URL",
      "RONDO_MASTER_KEY_FILE",
      "RONDO_GENERATOR_KEY_STUDIO",
      "RONDO_GENERATOR_KEY_A_FILE",
    ],
    ...["RONDO_SERVICE_HOST", "RONDO_SERVICE_PORT_HTTP", "RONDO_PORT", "RONDO_PORT_3000_TCP_ADDR"],
    ...["RONDO_TEST_LONG", "RONDO_KEY", "PORT", "PATH"],
  ];
  expect(findUnknownVariables(Object.fromEntries(names.map((name) => [name, "x"])))).toEqual([]);
});

test("a name with the suffix _FILE is reported if the setting is no secret", () => {
  expect(findUnknownVariables({ RONDO_DATA_FILE: "/x" })).toMatchObject([{ variable: "RONDO_DATA_FILE" }]);
});
