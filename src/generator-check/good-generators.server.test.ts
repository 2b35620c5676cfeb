// Tests that correct generators pass the check: a tone generator with every format, the built-in generator, the Python
// generator, and MusicGen.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { createBuiltinGenerator } from "../ports/generator/builtin/generator.ts";
import { serveToneGenerator } from "../testing/generator-server/bad-generator.ts";
import { createGeneratorHandler } from "../testing/generator-server/generator-server.ts";
import { startMusicgen } from "../testing/generator-server/musicgen-process.ts";
import { startPythonGenerator } from "../testing/generator-server/python-generator-process.ts";
import { serve } from "../testing/generator-server/serve.ts";
import { longOnly, runsLongTests } from "../testing/long-tests.ts";
import { missingForPython } from "../testing/runners/python-generator.ts";
import { needsTool } from "../testing/runners/needs-tool.ts";
import { onCi } from "../testing/runners/on-ci.ts";
import { type MongoServer, startMongoServer } from "../testing/servers/mongodb-server.ts";
import { type CheckOptions, checkGenerator } from "./check-generator.ts";
import { linesOf } from "./report.ts";

const secret = "whsec_dGhlIHNlY3JldCBvZiBhIHRlc3QsIDMyIGJ5dGVzIQ==";
let mongo: MongoServer;
beforeAll(async () => {
  mongo = await startMongoServer();
});
afterAll(() => mongo[Symbol.asyncDispose]());

/** Returns the report lines of the failed cases, the ids of the skipped cases, and the number of passed cases. */
async function checked(options: Omit<CheckOptions, "secret" | "mongodbUrl">) {
  const outcomes = await checkGenerator({ secret, mongodbUrl: mongo.url, timeoutSeconds: 20, ...options });
  return {
    failed: outcomes.filter(({ state }) => state === "failed").flatMap(linesOf),
    skipped: outcomes.filter(({ state }) => state === "skipped").map(({ check }) => check.id),
    passed: outcomes.filter(({ state }) => state === "passed").length,
  };
}

needsTool("ffmpeg")(
  "a correct generator with every content type and delivery passes every case",
  async () => {
    await using good = await serveToneGenerator(secret);
    const { failed, skipped, passed } = await checked({ url: good.url, seconds: 6 });
    expect({ failed, skipped }).toEqual({ failed: [], skipped: [] });
    expect(passed).toBeGreaterThanOrEqual(90);
  },
  120_000,
);

test.concurrent(
  "the built-in generator passes the cases for its description, sound, formats and response bodies",
  async () => {
    const generator = createBuiltinGenerator();
    await using handler = createGeneratorHandler({ generator, secret });
    await using served = await serve(handler.fetch);
    // The other cases check only the server, which is the same as for the tone generator above.
    const only = ["description.", "sound.", "format.", "body."];
    const { failed, skipped } = await checked({
      ...{ url: served.url, seconds: 6 },
      ...(runsLongTests ? {} : { only }),
    });
    await generator.close();
    expect(failed).toEqual([]);
    expect(skipped).toEqual(["format.wav", "format.flac", "format.l16", "format.pcm"]);
  },
  180_000,
);

const missing = missingForPython();
if (missing.length > 0 && !onCi) console.warn(`skipped: ${missing.join(", ")}`);

test.skipIf(missing.length > 0 && !onCi)(
  "the Python generator passes every case for its features",
  async () => {
    await using python = await startPythonGenerator({ RONDO_GENERATOR_SECRET: secret });
    const { failed, skipped } = await checked({ url: python.url, seconds: 6 });
    expect(failed).toEqual([]);
    expect(skipped).toEqual(["format.flac"]);
  },
  180_000,
);

test.skipIf(!runsLongTests || (missing.length > 0 && !onCi))(
  `MusicGen with tiny weights passes every case for its features ${longOnly}`,
  async () => {
    await using musicgen = await startMusicgen({ RONDO_GENERATOR_SECRET: secret });
    const { failed, skipped } = await checked({ url: musicgen.url });
    expect(failed).toEqual([]);
    expect(skipped).toEqual(["sound.same-seed", "format.flac"]);
  },
  300_000,
);
