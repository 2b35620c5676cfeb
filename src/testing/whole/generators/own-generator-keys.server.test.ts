// Tests the generator keys of businesses in real processes. A stand-in for ElevenLabs records the key that is sent with
// each generation.
import { expect, test } from "bun:test";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { startElevenLabs } from "../../servers/generators/elevenlabs.ts";
import { mp3Sound } from "../../sound/far-sound.ts";
import { createRondoClient } from "../processes/rondo-client.ts";
import { startRondo } from "../processes/rondo-processes.ts";
import { until } from "../../until.ts";

const ownKey = "key-that-only-acme-has";

test("the generator key of a business is used only for generations of this business", async () => {
  await using side = await startElevenLabs(await mp3Sound());
  await using rondo = await startRondo({
    RONDO_GENERATORS: `studio=elevenlabs:${side.url}, sketch=builtin:`,
    RONDO_GENERATOR_KEY_STUDIO: "key-of-the-operator",
  });
  const answers: string[] = [];
  const operator = async (method: string, path: string, body?: object) => {
    const answer = await fetch(`${rondo.url}/v1/businesses${path}`, {
      method,
      headers: { authorization: `Bearer ${rondo.operatorKey}`, "content-type": "application/json" },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    answers.push(text);
    return { status: answer.status, text };
  };
  const keyOf = async (business: string): Promise<string | null | undefined> => {
    const client = await createRondoClient(rondo.url, business);
    const started = await client.start({ prompt: "calm piano", durationSeconds: 10, generator: "studio" });
    const ended = await client.untilEnded(started);
    answers.push(JSON.stringify(ended));
    expect(ended).toMatchObject({ state: "complete", madeBy: "studio" });
    return side.starts.at(-1)?.key;
  };
  const path = "/acme/generator-keys/studio";

  expect((await operator("POST", "", { slug: "acme" })).status).toBe(201);
  expect((await operator("PUT", path, { url: "http://169.254.169.254/" })).status).toBe(400);
  expect((await operator("PUT", "/acme/generator-keys/other", { key: ownKey })).status).toBe(400);
  expect((await operator("PUT", path, { key: ownKey })).status).toBe(204);
  expect(JSON.parse((await operator("GET", "/acme/generator-keys")).text)).toMatchObject({
    items: [{ generator: "studio", hasKey: true, hasUrl: false }],
  });
  const guest = await createRondoClient(rondo.url, "acme");
  const asGuest = await fetch(`${rondo.url}/v1/businesses${path}`, {
    method: "DELETE",
    headers: guest.headers,
  });
  expect(asGuest.status).toBe(403);

  expect(await keyOf("acme")).toBe(ownKey);
  expect(await keyOf("demo")).toBe("key-of-the-operator");
  expect(answers.join()).not.toContain(ownKey);
  expect(rondo.output()).not.toContain(ownKey);
  expect(await filesWith(ownKey, rondo.dataDir)).toEqual([]);

  expect((await operator("DELETE", path)).status).toBe(204);
  expect((await operator("DELETE", path)).status).toBe(404);
  // The worker caches the keys of a business for a few seconds.
  await until(
    "the worker uses the key of the operator",
    async () => (await keyOf("acme")) === "key-of-the-operator",
    40_000,
  );
}, 90_000);

async function filesWith(text: string, folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  expect(paths.length).toBeGreaterThan(0);
  const hits = await Promise.all(
    paths.map(async (path) => ((await readFile(path)).includes(text) ? [path] : [])),
  );
  return hits.flat();
}
