import { expect, setDefaultTimeout } from "bun:test";
import { join } from "node:path";
import { createApp } from "../../../app.ts";
import { createUserToken } from "../../../accounts/users.ts";
import { createApiDeps } from "../../../deps/api-deps.ts";
import { deleteThing } from "../../../library/trash/delete-thing.ts";
import { uploadAudio } from "../../../library/tiers/upload-audio.ts";
import { needsTool } from "../../../testing/runners/needs-tool.ts";
import { recordedGenerator } from "../../../testing/sound/recorded-generator.ts";
import { createStudio, noSignal, type Studio } from "../../../testing/studio.ts";
import { createTemporaryDirectory } from "../../../testing/temporary-directory.ts";
import { decodeByFfmpeg, makeMp3, probe } from "../../../testing/sound/test-sound.ts";
import { silentLog } from "../../../testing/test-stores.ts";

setDefaultTimeout(60_000);

const test = needsTool("ffmpeg", "ffprobe", "unzip");
const mp3 = Bun.which("ffmpeg") === null ? new Uint8Array() : await makeMp3({ seconds: 3 });

async function createCaller(studio: Studio) {
  const deps = await createApiDeps(studio.stores.config, silentLog);
  const app = createApp(deps);
  const tokenOf = async (userId: string) =>
    (
      await createUserToken(
        deps,
        { kind: "business", businessId: studio.business.id, keyId: "test" },
        { userId, expiresInSeconds: 60 },
      )
    ).token;
  const tokens: Record<string, string> = { alice: await tokenOf("alice"), bob: await tokenOf("bob") };
  return {
    get(path: string, user?: string, headers: Record<string, string> = {}) {
      const token = user === undefined ? undefined : tokens[user];
      return app.request(path, {
        headers: token === undefined ? headers : { ...headers, authorization: `Bearer ${token}` },
      });
    },
    async verify(file: Uint8Array<ArrayBuffer>) {
      const res = await app.request("/v1/verify", { method: "POST", body: file });
      return (await res.json()) as { verdict: string };
    },
    [Symbol.asyncDispose]: () => deps.close(),
  };
}

async function createStage() {
  const studio = await createStudio();
  const caller = await createCaller(studio);
  return {
    studio,
    caller,
    async make(prompt = 'Öl & "Piano" / 夜') {
      const started = await studio.start({ prompt });
      await studio.run(started, { generator: recordedGenerator(mp3, prompt) });
      return started;
    },
    async [Symbol.asyncDispose]() {
      await caller[Symbol.asyncDispose]();
      await studio[Symbol.asyncDispose]();
    },
  };
}

const bytesOf = async (res: Response) => new Uint8Array(await res.arrayBuffer());

test("a downloaded MP3 or WAV contains the sound of the version and a valid signature", async () => {
  await using stage = await createStage();
  const { caller } = stage;
  const made = await stage.make();
  const at = `/v1/versions/${made.versionId}/download`;
  const res = await caller.get(at, "alice");
  expect(res.status).toBe(200);
  expect(res.headers.get("content-disposition")).toContain("filename*=UTF-8''");
  const file = await bytesOf(res);
  expect(file.length).toBe(Number(res.headers.get("content-length")));
  expect(file.subarray(-mp3.length)).toEqual(mp3);
  const facts = await probe(file);
  expect(facts.format.tags).toMatchObject({
    title: 'Öl & "Piano" / 夜',
    AI_GENERATED: "true",
    RONDO_VERSION: made.versionId,
    DIGITAL_SOURCE_TYPE: "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia",
  });
  expect(await caller.verify(file)).toMatchObject({
    verdict: "unaltered",
    claims: { versionId: made.versionId, format: "mp3" },
  });
  const altered = file.slice();
  altered[altered.length - 500]! ^= 1;
  expect((await caller.verify(altered)).verdict).toBe("altered");
  expect((await caller.verify(mp3)).verdict).toBe("foreign");
  expect((await caller.verify(new Uint8Array([1, 2, 3]))).verdict).toBe("foreign");

  const wav = await bytesOf(await caller.get(`${at}?format=wav`, "alice"));
  expect(await decodeByFfmpeg(wav)).toHaveLength(3 * 44_100 * 2);
  expect((await caller.verify(wav)).verdict).toBe("unaltered");
});

test("a file that another installation of Rondo has signed is reported as foreign", async () => {
  await using here = await createStage();
  await using there = await createStage();
  const made = await there.make();
  const file = await bytesOf(await there.caller.get(`/v1/versions/${made.versionId}/download`, "alice"));
  expect((await there.caller.verify(file)).verdict).toBe("unaltered");
  expect((await here.caller.verify(file)).verdict).toBe("foreign");
});

test("an interrupted download of an MP3, WAV or ZIP can be resumed at any byte", async () => {
  await using stage = await createStage();
  const { caller, studio } = stage;
  const made = await stage.make();
  for (const tier of ["chunks", "object"]) {
    if (tier === "object")
      await uploadAudio(studio.deps, { businessId: studio.business.id, versionId: made.versionId }, noSignal);
    for (const path of [
      `/v1/versions/${made.versionId}/download`,
      `/v1/versions/${made.versionId}/download?format=wav`,
      `/v1/projects/${made.projectId}/archive`,
    ]) {
      const whole = await caller.get(path, "alice");
      const bytes = await bytesOf(whole);
      const etag = whole.headers.get("etag") ?? "";
      for (const start of [0, 1, 999, 5_000, bytes.length - 300, bytes.length - 1]) {
        const range = { range: `bytes=${start}-`, "if-range": etag };
        const rest = await caller.get(path, "alice", range);
        expect(rest.status).toBe(206);
        expect(rest.headers.get("content-range")).toBe(`bytes ${start}-${bytes.length - 1}/${bytes.length}`);
        expect(Buffer.compare(await bytesOf(rest), bytes.subarray(start))).toBe(0);
      }
      expect((await caller.get(path, "alice", { range: `bytes=${bytes.length}-` })).status).toBe(416);
      expect((await caller.get(path, "alice", { "if-none-match": etag })).status).toBe(304);
      expect((await caller.get(path, "alice", { range: "bytes=5-", "if-range": '"old"' })).status).toBe(200);
    }
  }
});

test("unzip accepts the ZIP of a project", async () => {
  await using stage = await createStage();
  const { caller, studio } = stage;
  const made = await stage.make("same name");
  await stage.make("same name");
  const trashed = await stage.make("trashed");
  const running = await studio.start({ prompt: "running" });
  await deleteThing(studio.deps, studio.alice, { kind: "track", id: trashed.trackId });
  const res = await caller.get(`/v1/projects/${made.projectId}/archive`, "alice");
  expect(res.headers.get("content-type")).toBe("application/zip");
  await using directory = await createTemporaryDirectory();
  const path = join(directory.path, "project.zip");
  await Bun.write(path, await bytesOf(res));
  const unzip = Bun.spawnSync(["unzip", "-q", path, "-d", directory.path]);
  expect([unzip.exitCode, String(unzip.stderr)]).toEqual([0, ""]);
  const manifest = await Bun.file(join(directory.path, "manifest.json")).json();
  expect(manifest.versions.map(({ file }: { file: string | null }) => file)).toEqual([
    "same name.mp3",
    "same name (2).mp3",
    null,
  ]);
  expect(manifest.versions[2]).toMatchObject({ versionId: running.versionId, bytes: null });
  const file = await Bun.file(join(directory.path, "same name.mp3")).bytes();
  expect((await caller.verify(file)).verdict).toBe("unaltered");
  const chosen = await caller.get(`/v1/archive?trackId=${made.trackId}&trackId=${running.trackId}`, "alice");
  expect(chosen.headers.get("content-disposition")).toContain("Pieces.zip");
  expect((await bytesOf(chosen)).length).toBeGreaterThan(file.length);
});

test("the waveform is returned in audiowaveform's formats .dat and JSON", async () => {
  await using stage = await createStage();
  const made = await stage.make();
  const at = `/v1/versions/${made.versionId}/peaks`;
  const dat = Buffer.from(await bytesOf(await stage.caller.get(at, "alice")));
  expect([0, 4, 8, 12, 16, 20].map((offset) => dat.readInt32LE(offset))).toEqual([2, 1, 44_100, 882, 200, 1]);
  expect(dat.length).toBe(24 + 400);
  const json = (await (await stage.caller.get(`${at}?format=json`, "alice")).json()) as { data: number[] };
  expect(json).toMatchObject({ length: 200, samples_per_pixel: 882, bits: 8 });
  expect(json.data).toHaveLength(400);
});

test("a signed link opens only files of its own version", async () => {
  await using stage = await createStage();
  const { caller } = stage;
  const [made, other] = [await stage.make(), await stage.make()];
  const view = (await (await caller.get(`/v1/versions/${made.versionId}`, "alice")).json()) as {
    links: { download: string; peaks: string };
  };
  for (const link of [view.links.download, view.links.peaks]) {
    const { pathname, search } = new URL(link);
    expect((await caller.get(pathname + search)).status).toBe(200);
    expect((await caller.get(pathname.replace(made.versionId, other.versionId) + search)).status).toBe(404);
    expect((await caller.get(pathname)).status).toBe(401);
    expect((await caller.get(pathname, "bob")).status).toBe(404);
  }
  expect((await caller.get(`/v1/projects/${made.projectId}/archive`, "bob")).status).toBe(404);
  const archive = `/v1/archive?trackId=${made.trackId}`;
  expect((await caller.get(archive, "alice")).status).toBe(200);
  expect((await caller.get(archive, "bob")).status).toBe(404);
  expect((await caller.get("/v1/archive", "alice")).status).toBe(400);
  expect((await caller.get(`/v1/versions/${made.versionId}/download?format=ogg`, "alice")).status).toBe(400);
});

test("a version that is still being made can't be downloaded", async () => {
  await using stage = await createStage();
  const started = await stage.studio.start();
  const res = await stage.caller.get(`/v1/versions/${started.versionId}/download`, "alice");
  expect([res.status, res.headers.get("retry-after")]).toEqual([409, "5"]);
});

test("if there is no disk space for rendered files, MP3 and ZIP downloads still work", async () => {
  await using stage = await createStage();
  const made = await stage.make();
  const deps = await createApiDeps(stage.studio.stores.config, silentLog);
  const app = createApp({ ...deps, files: { ...deps.files, open: async () => undefined } });
  const { token } = await createUserToken(
    deps,
    { kind: "business", businessId: stage.studio.business.id, keyId: "test" },
    { userId: "alice", expiresInSeconds: 60 },
  );
  const get = (path: string, headers: Record<string, string> = {}) =>
    app.request(path, { headers: { ...headers, authorization: `Bearer ${token}` } });
  for (const path of [`/v1/versions/${made.versionId}/download`, `/v1/projects/${made.projectId}/archive`]) {
    const whole = await bytesOf(await get(path));
    expect(whole).toEqual(await bytesOf(await stage.caller.get(path, "alice")));
    const rest = await get(path, { range: "bytes=1000-" });
    expect([rest.status, await bytesOf(rest)]).toEqual([206, whole.subarray(1_000)]);
  }
  const wav = await get(`/v1/versions/${made.versionId}/download?format=wav`);
  expect([wav.status, ((await wav.json()) as { code: string }).code]).toEqual([507, "STORAGE_FULL"]);
  await deps.close();
});
