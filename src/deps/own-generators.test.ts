// Tests which key, secret and address are used for a business's own generator.
import { afterAll, expect, setDefaultTimeout, test } from "bun:test";
import type { BroughtGenerator } from "../businesses/secrets/generator-keys.ts";
import { readConfig } from "../config/config.ts";
import { createAudioIntake } from "../intake/intake.ts";
import { createDialPublic } from "../ports/dial-public.ts";
import { farRequest, outcomeOf } from "../testing/generators/fault-suite.ts";
import { startElevenLabs } from "../testing/servers/generators/elevenlabs.ts";
import { startOwnGenerator } from "../testing/servers/generators/own-generator.ts";
import { mp3Sound } from "../testing/sound/far-sound.ts";
import { createTemporaryDirectory } from "../testing/temporary-directory.ts";
import { createOwnGenerators } from "./own-generators.ts";

setDefaultTimeout(60_000);

const sound = await mp3Sound();
const intake = createAudioIntake();
const directory = await createTemporaryDirectory();
afterAll(async () => {
  await intake.close();
  await directory[Symbol.asyncDispose]();
});

const configOf = (address: string) =>
  readConfig({
    RONDO_DATA: directory.path,
    RONDO_GENERATORS: `studio=${address}`,
    RONDO_GENERATOR_KEY_STUDIO: "operator-key",
    RONDO_GENERATOR_SECRET: "operator-secret",
    RONDO_GENERATOR_FIRST_CHUNK_SECONDS: "10",
  });
const keysOf = (brought: Readonly<Record<string, BroughtGenerator>>) => ({
  find: async (businessId: string) =>
    new Map(brought[businessId] === undefined ? [] : [["studio", brought[businessId]] as const]),
});
const parts = { isWarm: false, intake };
const onThisMachine = createDialPublic(
  async () => ["127.0.0.1"],
  () => true,
);

test("if two businesses use the operator's address, each generation is requested with the key of its business", async () => {
  await using side = await startElevenLabs(sound);
  const keys = keysOf({ acme: { key: "acme-key" }, globex: { key: "globex-key" } });
  const ownOf = createOwnGenerators(configOf(`elevenlabs:${side.url}`), keys, parts);
  for (const businessId of ["acme", "globex"]) {
    const own = (await ownOf(businessId)).get("studio")!;
    expect(own.isElsewhere).toBe(false);
    await outcomeOf(own.generator, farRequest({ businessId, requestId: businessId }));
  }
  expect(side.starts.map(({ key }) => key)).toEqual(["acme-key", "globex-key"]);
  expect((await ownOf("demo")).size).toBe(0);
});

test("calls to a business's own address are never signed with the operator's key or secret", async () => {
  await using operator = await startElevenLabs(sound);
  await using signed = await startOwnGenerator(sound, { secret: "acme-key" });
  await using unsigned = await startOwnGenerator(sound);
  const named = (url: string) => url.replace("127.0.0.1", "music.example");
  const keys = keysOf({
    acme: { key: "acme-key", url: named(signed.url) },
    globex: { url: named(unsigned.url) },
  });
  const ownOf = createOwnGenerators(configOf(`elevenlabs:${operator.url}`), keys, {
    ...{ ...parts, dial: onThisMachine },
  });
  for (const businessId of ["acme", "globex"]) {
    const own = (await ownOf(businessId)).get("studio")!;
    expect(own.isElsewhere).toBe(true);
    await outcomeOf(own.generator, farRequest({ businessId, requestId: businessId }));
  }
  expect([signed.starts.length, unsigned.starts.length, operator.requests.length]).toEqual([1, 1, 0]);
  for (const { headers } of unsigned.requests) {
    expect(headers.get("webhook-signature")).toBeNull();
    expect(JSON.stringify([...headers])).not.toMatch(/operator-(key|secret)/);
  }
});

test("if a business's own address leads to an inner network, no request is sent", async () => {
  await using side = await startOwnGenerator(sound);
  const ownOf = createOwnGenerators(
    configOf("builtin:"),
    keysOf({ acme: { url: side.url.replace("127.0.0.1", "localhost") } }),
    parts,
  );
  const { generator } = (await ownOf("acme")).get("studio")!;
  const request = farRequest({ businessId: "acme" });
  await expect(generator.start(request, new AbortController().signal)).rejects.toThrow(
    "leads to an inner network",
  );
  expect(side.requests.length).toBe(0);
});
