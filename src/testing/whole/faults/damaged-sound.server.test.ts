// Tests stored objects that are altered, truncated or removed. If the chunks of the same audio exist, the chunks are
// served instead of the object. Otherwise the response has the status 502.
import { afterAll, expect, setDefaultTimeout, test } from "bun:test";
import { readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createUserToken } from "../../../accounts/users.ts";
import { createApp } from "../../../app.ts";
import { createBusiness } from "../../../businesses/lifecycle/create-business.ts";
import { readConfig } from "../../../config/config.ts";
import { createApiDeps } from "../../../deps/api-deps.ts";
import { runGeneration } from "../../../generations/run/run-generation.ts";
import { startGeneration } from "../../../generations/start-generation.ts";
import { sweepTiers } from "../../../library/tiers/sweep-tiers.ts";
import { uploadAudio } from "../../../library/tiers/upload-audio.ts";
import { createBuiltinGenerator } from "../../../ports/generator/builtin/generator.ts";
import { noSignal } from "../../studio.ts";
import { createTemporaryDirectory } from "../../temporary-directory.ts";
import { silentLog } from "../../test-stores.ts";

setDefaultTimeout(60_000);
const generator = createBuiltinGenerator();
afterAll(() => generator.close());

/** Makes a finished piece in the object store, with or without its chunks. */
async function makeStoredPiece({ withChunks }: { readonly withChunks: boolean }) {
  await using undo = new AsyncDisposableStack();
  const directory = undo.use(await createTemporaryDirectory());
  const config = readConfig({ RONDO_DATA: directory.path, RONDO_LOG: "silent", PORT: "0" });
  const deps = await createApiDeps(config, silentLog);
  undo.defer(() => deps.close());
  const business = await createBusiness(deps, "test", { slug: "acme" });
  const key = { kind: "business", businessId: business.id, keyId: "test" } as const;
  const { token } = await createUserToken(deps, key, { userId: "alice", expiresInSeconds: 600 });
  const caller = { kind: "user", businessId: business.id, userId: "alice" } as const;
  const piece = await startGeneration(deps, caller, { prompt: "slow piano", durationSeconds: 10, seed: 7 });
  const audio = { businessId: business.id, versionId: piece.versionId, requestId: piece.requestId };
  await runGeneration({ ...deps, generator }, { ...audio, lastAttempt: true }, noSignal);
  await uploadAudio(deps, audio, noSignal);
  if (!withChunks) await sweepTiers(deps, noSignal, Date.now() + 8 * 86_400_000);
  const folder = join(directory.path, "objects", business.id, "versions", piece.versionId, "audio.mp3");
  const part = (await readdir(folder)).find((name) => !name.endsWith(".json")) ?? "none";
  const app = createApp(deps);
  const running = undo.move();
  return {
    piece,
    folder,
    part: join(folder, part),
    get: (path: string, headers: Record<string, string> = {}) =>
      app.request(`/v1/${path}`, { headers: { authorization: `Bearer ${token}`, ...headers } }),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

type Stored = Awaited<ReturnType<typeof makeStoredPiece>>;

const damages: readonly (readonly [string, (stored: Stored) => Promise<unknown>])[] = [
  [
    "an object with 200 altered bytes",
    async ({ part }) => {
      const bytes = await readFile(part);
      const at = Math.floor(bytes.length / 2);
      for (let index = at; index < at + 200; index++) bytes[index] = (bytes[index] ?? 0) ^ 0x55;
      await writeFile(part, bytes);
    },
  ],
  ["a truncated object", async ({ part }) => truncate(part, 1_000)],
  ["a missing content file", async ({ part }) => rm(part)],
  ["a missing object", async ({ folder }) => rm(folder, { recursive: true })],
];

const pathsOf = ({
  piece,
}: Stored): readonly (readonly [path: string, headers: Record<string, string>])[] => [
  [`versions/${piece.versionId}/audio`, {}],
  [`versions/${piece.versionId}/audio`, { range: "bytes=90000-100000" }],
  [`versions/${piece.versionId}/download`, {}],
  [`versions/${piece.versionId}/download`, { range: "bytes=90000-100000" }],
];

for (const [name, damage] of damages) {
  test(`with ${name}, the correct audio is served from the chunks`, async () => {
    await using stored = await makeStoredPiece({ withChunks: true });
    const whole = await readFile(stored.part);
    await damage(stored);
    for (const [path, headers] of pathsOf(stored)) {
      const answer = await stored.get(path, headers);
      expect([path, answer.status]).toEqual([path, headers.range ? 206 : 200]);
      const bytes = await answer.bytes();
      if (!path.endsWith("/audio")) continue;
      expect(Buffer.compare(bytes, headers.range ? whole.subarray(90_000, 100_001) : whole)).toBe(0);
    }
  });

  test(`with ${name} and without chunks, requests for the audio get 502`, async () => {
    await using stored = await makeStoredPiece({ withChunks: false });
    await damage(stored);
    for (const [path, headers] of pathsOf(stored)) {
      const answer = await stored.get(path, headers);
      expect([path, answer.status]).toEqual([path, 502]);
      expect(await answer.json()).toMatchObject({ code: "CONTENT_DAMAGED" });
    }
    const archive = await stored.get(`projects/${stored.piece.projectId}/archive`);
    expect(await archive.text()).toContain('"file": null');
  });
}

test("if an object is altered after a successful download, a later download as WAV gets 502", async () => {
  await using stored = await makeStoredPiece({ withChunks: false });
  const path = `versions/${stored.piece.versionId}/download`;
  expect((await stored.get(path)).status).toBe(200);
  await damages[0]?.[1](stored);
  expect((await stored.get(`${path}?format=wav`)).status).toBe(502);
});
