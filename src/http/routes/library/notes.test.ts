import { expect, setDefaultTimeout, test } from "bun:test";
import { Midi } from "@tonejs/midi";
import { createApp } from "../../../app.ts";
import { createUserToken } from "../../../accounts/users.ts";
import { pieceFile } from "../../../composer/notation/piece-file.ts";
import { parsePrompt } from "../../../composer/prompt/parse-prompt.ts";
import { createApiDeps } from "../../../deps/api-deps.ts";
import { audioKey } from "../../../streams/stream-keys.ts";
import { recordedGenerator } from "../../../testing/sound/recorded-generator.ts";
import { createStudio } from "../../../testing/studio.ts";
import { silentLog } from "../../../testing/test-stores.ts";
import { threadMs } from "../../../testing/measure/thread-time.ts";

setDefaultTimeout(60_000);

const sound = new Uint8Array(20_000).fill(7);
const title = "Öl & 夜";
const spec = parsePrompt({ prompt: "waltz in G major with flute", seed: 2, durationSeconds: 20 });

async function createStage() {
  const studio = await createStudio();
  const deps = await createApiDeps(studio.stores.config, silentLog);
  const app = createApp(deps);
  const tokenOf = async (businessId: string, userId: string) =>
    (
      await createUserToken(
        deps,
        { kind: "business", businessId, keyId: "test" },
        { userId, expiresInSeconds: 60 },
      )
    ).token;
  const tokens: Record<string, string> = {
    alice: await tokenOf(studio.business.id, "alice"),
    bob: await tokenOf(studio.business.id, "bob"),
    elsewhere: await tokenOf(studio.otherAlice.businessId, "alice"),
  };
  return {
    studio,
    deps,
    get: async (path: string, user?: string, headers: Record<string, string> = {}, method = "GET") =>
      app.request(path, {
        method,
        headers: user === undefined ? headers : { ...headers, authorization: `Bearer ${tokens[user]}` },
      }),
    async make(plan: unknown = spec) {
      const started = await studio.start({ prompt: title });
      await studio.run(started, { generator: recordedGenerator(sound, title, plan) });
      return { ...started, at: `/v1/versions/${started.versionId}/download?format=midi` };
    },
    async [Symbol.asyncDispose]() {
      await deps.close();
      await studio[Symbol.asyncDispose]();
    },
  };
}

const bytesOf = async (res: Response) => new Uint8Array(await res.arrayBuffer());

test("the MIDI download of a piece supports ETags, ranges and HEAD", async () => {
  await using stage = await createStage();
  const { at, versionId } = await stage.make();
  const res = await stage.get(at, "alice");
  expect([res.status, res.headers.get("content-type")]).toEqual([200, "audio/midi"]);
  expect(res.headers.get("content-disposition")).toContain(
    `filename*=UTF-8''${encodeURIComponent(`${title}.mid`)}`,
  );
  const file = await bytesOf(res);
  expect(res.headers.get("content-length")).toBe(String(file.length));
  expect<Uint8Array>(file).toEqual(
    pieceFile(spec, "midi", {
      title,
      remarks: [
        `Made with Rondo, version ${versionId}.`,
        "http://cv.iptc.org/newscodes/digitalsourcetype/algorithmicMedia",
      ],
    }),
  );
  expect(new Midi(file).duration).toBeCloseTo(20, 1);
  const etag = res.headers.get("etag") ?? "";
  expect((await stage.get(at, "alice", { "if-none-match": etag })).status).toBe(304);
  const rest = await stage.get(at, "alice", { range: "bytes=100-", "if-range": etag });
  expect([rest.status, await bytesOf(rest)]).toEqual([206, file.slice(100)]);
  expect((await stage.get(at, "alice", { range: `bytes=${file.length}-` })).status).toBe(416);
  const head = await stage.get(at, "alice", {}, "HEAD");
  expect([head.headers.get("content-length"), (await bytesOf(head)).length]).toEqual([
    String(file.length),
    0,
  ]);
});

test("the notes can still be downloaded after the sound was deleted", async () => {
  await using stage = await createStage();
  const { at, versionId } = await stage.make();
  const before = await bytesOf(await stage.get(at, "alice"));
  await stage.studio.deps.chunkStore.delete(audioKey(stage.studio.business.id, versionId));
  expect((await stage.get(at.replace("midi", "mp3"), "alice")).ok).toBe(false);
  expect(await bytesOf(await stage.get(at, "alice"))).toEqual(before);
});

test("a signed link opens only the notes of its own version", async () => {
  await using stage = await createStage();
  const [made, other] = [await stage.make(), await stage.make()];
  const view = (await (await stage.get(`/v1/versions/${made.versionId}`, "alice")).json()) as {
    links: { download: string };
  };
  const { pathname, search } = new URL(view.links.download);
  const signed = `${pathname}${search}&format=midi`;
  expect((await stage.get(signed)).status).toBe(200);
  expect((await stage.get(signed.replace(made.versionId, other.versionId))).status).toBe(404);
  expect((await stage.get(made.at)).status).toBe(401);
  for (const user of ["bob", "elsewhere"]) expect((await stage.get(made.at, user)).status).toBe(404);
});

test("a download of notes is refused for a piece that the built-in composer did not make", async () => {
  await using stage = await createStage();
  for (const plan of [{}, { ...spec, style: "unknown" }, "text"]) {
    const { at } = await stage.make(plan);
    const res = await stage.get(at, "alice");
    expect(res.status).toBe(409);
    expect(await res.json()).toMatchObject({
      code: "CONFLICT",
      hint: expect.stringContaining("Download the sound as MP3 or WAV"),
    });
  }
});

test("a download of notes is refused for an incomplete piece", async () => {
  await using stage = await createStage();
  const { at, versionId } = await stage.make();
  const retryAfter = { queued: "5", running: "5", cancelled: null, failed: null };
  for (const [state, seconds] of Object.entries(retryAfter)) {
    await stage.studio.deps.databases.use(stage.studio.business.id, ({ kysely }) =>
      kysely
        .updateTable("generations")
        .set({ state: state as keyof typeof retryAfter })
        .where("versionId", "=", versionId)
        .execute(),
    );
    const res = await stage.get(at, "alice");
    expect([state, res.status, res.headers.get("retry-after")]).toEqual([state, 409, seconds]);
  }
});

test("while the notes of a ten-minute piece are written, the server can handle other requests", async () => {
  await using stage = await createStage();
  const { at } = await stage.make({ ...spec, durationSeconds: 600 });
  const begunMs = threadMs();
  let [longestMs, last] = [0, begunMs];
  const timer = setInterval(() => {
    const now = threadMs();
    [longestMs, last] = [Math.max(longestMs, now - last), now];
  }, 1);
  const bytes = await bytesOf(await stage.get(at, "alice"));
  clearInterval(timer);
  const endedMs = threadMs();
  expect(bytes.length).toBeGreaterThan(50_000);
  // `longestMs` is the longest work of this thread without a pause, that is, between two runs of the timer. Normally it
  // is a quarter of the processor time of the whole request. If the thread wrote all notes without a pause, it would be
  // nearly the whole time.
  expect(Math.max(longestMs, endedMs - last)).toBeLessThan((endedMs - begunMs) * 0.6);
});

test("the lead sheet is UTF-8 text in ABC notation and contains the title", async () => {
  await using stage = await createStage();
  const { at } = await stage.make();
  const res = await stage.get(at.replace("midi", "abc"), "alice");
  expect([res.status, res.headers.get("content-type")]).toEqual([200, "text/vnd.abc; charset=utf-8"]);
  expect(res.headers.get("content-disposition")).toContain(encodeURIComponent(`${title}.abc`));
  expect(await res.text()).toContain(`\nT:${title}\nZ:Made with Rondo`);
});
