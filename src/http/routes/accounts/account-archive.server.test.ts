// Tests the download of the archive of the data that is stored about a user. The tests read the archive with programs
// that are independent of Rondo: unzip, Python and ffprobe.
import { expect, setDefaultTimeout } from "bun:test";
import { join } from "node:path";
import { deleteThing } from "../../../library/trash/delete-thing.ts";
import { createAccountHouse } from "../../../testing/suites/deleted-member.ts";
import { needsTool } from "../../../testing/runners/needs-tool.ts";
import { recordedGenerator } from "../../../testing/sound/recorded-generator.ts";
import { makeMp3, probe } from "../../../testing/sound/test-sound.ts";
import { createTemporaryDirectory } from "../../../testing/temporary-directory.ts";

setDefaultTimeout(60_000);

const test = needsTool("ffmpeg", "ffprobe", "unzip", "python3");
const mp3 = Bun.which("ffmpeg") === null ? new Uint8Array() : await makeMp3({ seconds: 3 });

async function createStage() {
  const house = await createAccountHouse();
  const { studio, call, business } = house;
  const get = async (
    token: string | undefined,
    headers: Record<string, string> = {},
    method = "GET",
    query = "",
  ) => {
    const res = await house.app.request(`/v1/accounts/me/archive${query}`, {
      method,
      headers: { ...headers, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
    });
    return { status: res.status, headers: res.headers, bytes: new Uint8Array(await res.arrayBuffer()) };
  };
  return {
    ...house,
    get,
    async guest() {
      const { body } = await call("POST", "accounts/guest", { json: { business } });
      return { token: body.token as string, userId: body.userId as string };
    },
    async make(userId: string, prompt: string, input: object = {}) {
      const caller = house.callerOf(userId);
      const started = await studio.start({ prompt, ...input }, caller);
      await studio.run(started, { caller, generator: recordedGenerator(mp3, prompt) });
      return started;
    },
    async [Symbol.asyncDispose]() {
      await house[Symbol.asyncDispose]();
    },
  };
}

/** Unpacks a ZIP with unzip, checks it with Python, and returns the names of its files. */
async function unpack(bytes: Uint8Array) {
  const directory = await createTemporaryDirectory();
  const file = join(directory.path, "archive.zip");
  const folder = join(directory.path, "archive");
  await Bun.write(file, bytes);
  const unzip = Bun.spawnSync(["unzip", "-q", file, "-d", folder]);
  expect([unzip.exitCode, String(unzip.stderr)]).toEqual([0, ""]);
  const python = Bun.spawnSync([
    "python3",
    "-c",
    "import json,sys,zipfile; z=zipfile.ZipFile(sys.argv[1]); print(json.dumps([z.testzip(), z.namelist()]))",
    file,
  ]);
  const [damaged, names] = JSON.parse(String(python.stdout)) as [string | null, string[]];
  expect(damaged).toBeNull();
  return {
    names,
    read: (name: string) => Bun.file(join(folder, name)),
    [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose](),
  };
}

test("the archive of a member has the stored data as JSON and the versions as MP3", async () => {
  await using stage = await createStage();
  const login = { business: stage.business, email: "ada@example.com", password: "long enough" };
  const ada = (await stage.call("POST", "accounts/sign-up", { json: login })).body;
  const made = await stage.make(ada.userId, "Öl / 夜");
  const album = await stage.call("POST", "queries/projects.create", {
    token: ada.token,
    json: { name: "My music" },
  });
  const projectId = album.body.item.id as string;
  await stage.make(ada.userId, "same name", { projectId });
  await stage.make(ada.userId, "same name", { projectId });
  const trashed = await stage.make(ada.userId, "trashed");
  await deleteThing(stage.studio.deps, stage.callerOf(ada.userId), { kind: "track", id: trashed.trackId });
  const running = await stage.studio.start({ prompt: "in progress" }, stage.callerOf(ada.userId));

  const archive = await stage.get(ada.token);
  expect(archive.status).toBe(200);
  expect(archive.headers.get("content-type")).toBe("application/zip");
  expect(archive.headers.get("content-disposition")).toBe('attachment; filename="My data.zip"');
  expect(Number(archive.headers.get("content-length"))).toBe(archive.bytes.length);
  await using unpacked = await unpack(archive.bytes);
  expect(unpacked.names).toEqual([
    "README.txt",
    "data.json",
    "manifest.json",
    "music/My music/Öl 夜.mp3",
    "music/My music (2)/same name.mp3",
    "music/My music (2)/same name (2).mp3",
    "trash/trashed.mp3",
  ]);
  for (const name of unpacked.names.slice(3)) {
    const { format } = await probe(await unpacked.read(name).bytes());
    expect(Number(format.duration)).toBeCloseTo(3, 0);
    expect(format.tags).toMatchObject({ AI_GENERATED: "true" });
  }
  const data = await unpacked.read("data.json").json();
  const exported = (await stage.call("GET", "accounts/me/export", { token: ada.token })).body;
  expect(data).toEqual({ ...exported, exportedAt: data.exportedAt, usage: [] });
  expect(data).toMatchObject({ format: "rondo-user", email: "ada@example.com" });
  const { versions } = await unpacked.read("manifest.json").json();
  expect(
    versions.map(({ versionId, file }: { versionId: string; file: string | null }) => [versionId, file]),
  ).toEqual(
    expect.arrayContaining([
      [made.versionId, "music/My music/Öl 夜.mp3"],
      [trashed.versionId, "trash/trashed.mp3"],
      [running.versionId, null],
    ]),
  );
  const readme = await unpacked.read("README.txt").text();
  expect(readme).toContain("- in progress: it was still being made.");
  expect(readme).not.toContain("- same name");
});

test("README.txt is in the language of the URL, otherwise of Accept-Language, otherwise in English", async () => {
  await using stage = await createStage();
  const guest = await stage.guest();
  await stage.make(guest.userId, "rain");
  await stage.studio.start({ prompt: "in progress" }, stage.callerOf(guest.userId));
  const german = { "accept-language": "de-AT,de;q=0.9,en;q=0.8" };
  const tags = new Set<string>();
  for (const [headers, query, expected] of [
    [{}, "", ["Your data at ", "- in progress: it was still being made."]],
    [german, "", ["Deine Daten bei ", "- in progress: Es wurde noch komponiert."]],
    [german, "?language=ar", ["بياناتك في ", "- in progress: كانت قيد التلحين."]],
  ] as const) {
    const archive = await stage.get(guest.token, headers, "GET", query);
    tags.add(archive.headers.get("etag")!);
    await using unpacked = await unpack(archive.bytes);
    const readme = await unpacked.read("README.txt").text();
    for (const words of [...expected, "data.json", "manifest.json"]) expect(readme).toContain(words);
    const range = { ...headers, range: "bytes=700-" };
    const rest = await stage.get(guest.token, range, "GET", query);
    expect([rest.status, Buffer.compare(rest.bytes, archive.bytes.subarray(700))]).toEqual([206, 0]);
  }
  expect(tags.size).toBe(3);
  expect((await stage.get(guest.token, {}, "GET", "?language=xx")).status).toBe(400);
});

test("an interrupted download of an archive can be resumed at any byte", async () => {
  await using stage = await createStage();
  const guest = await stage.guest();
  await stage.make(guest.userId, "rain");
  const whole = await stage.get(guest.token);
  const etag = whole.headers.get("etag")!;
  // The download itself is counted in the user's usage of this day. This count must not change the archive.
  await stage.deps.usage.flush();
  for (const start of [0, 1, 700, 5_000, whole.bytes.length - 1]) {
    const range = `bytes=${start}-`;
    for (const headers of [{ range, "if-range": etag }, { range }]) {
      const rest = await stage.get(guest.token, headers);
      expect([rest.status, rest.headers.get("etag")]).toEqual([206, etag]);
      expect(Buffer.compare(rest.bytes, whole.bytes.subarray(start))).toBe(0);
    }
  }
  expect((await stage.get(guest.token, { "if-none-match": etag })).status).toBe(304);
  const head = await stage.get(guest.token, { "if-range": etag }, "HEAD");
  expect([head.status, head.headers.get("content-length"), head.bytes.length]).toEqual([
    200,
    String(whole.bytes.length),
    0,
  ]);

  await stage.make(guest.userId, "snow");
  const changed = await stage.get(guest.token, { range: "bytes=5-", "if-range": etag });
  expect(changed.status).toBe(200);
  await using unpacked = await unpack(changed.bytes);
  expect(unpacked.names.filter((name) => name.endsWith(".mp3"))).toEqual([
    "music/My music/rain.mp3",
    "music/My music/snow.mp3",
  ]);
});

test("an archive contains nothing of another user or another business", async () => {
  await using stage = await createStage();
  const [ada, bea] = [await stage.guest(), await stage.guest()];
  await stage.make(ada.userId, "a secret of Ada");
  const elsewhere = (await stage.call("POST", "accounts/guest", { json: { business: stage.other } })).body
    .token as string;
  const tag = (await stage.get(ada.token)).headers.get("etag")!;
  for (const token of [bea.token, elsewhere]) {
    const theirs = await stage.get(token, { "if-none-match": tag });
    expect(theirs.status).toBe(200);
    for (const trace of ["secret of Ada", ada.userId])
      expect(Buffer.from(theirs.bytes).includes(trace)).toBe(false);
    await using unpacked = await unpack(theirs.bytes);
    expect(unpacked.names).toEqual(["README.txt", "data.json", "manifest.json"]);
    expect(await unpacked.read("README.txt").text()).toContain("No piece is missing.");
  }
  const { key } = await stage.studio.deps.keys.create(stage.studio.business.id, "", "test");
  expect((await stage.get(key)).status).toBe(403);
  expect((await stage.get(undefined)).status).toBe(401);
});
