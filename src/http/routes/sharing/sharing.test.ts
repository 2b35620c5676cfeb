import { expect, setDefaultTimeout, test } from "bun:test";
import { createApp } from "../../../app.ts";
import { createUserToken } from "../../../accounts/users.ts";
import { createApiDeps } from "../../../deps/api-deps.ts";
import { createStudio, type Studio } from "../../../testing/studio.ts";
import { silentLog } from "../../../testing/test-stores.ts";
import { sharedStyle } from "./page-parts.ts";

setDefaultTimeout(60_000);

const origin = "https://music.example";

async function createSharing(studio: Studio) {
  const deps = await createApiDeps({ ...studio.stores.config, publicUrl: origin }, silentLog);
  const app = createApp(deps);
  const business = { kind: "business", businessId: studio.business.id, keyId: "test" } as const;
  const tokenOf = async (userId: string) =>
    (await createUserToken(deps, business, { userId, expiresInSeconds: 60 })).token;
  const tokens = { alice: await tokenOf("alice"), bob: await tokenOf("bob") };
  const call = (method: string, path: string, user?: "alice" | "bob") =>
    app.request(path, { method, headers: user ? { authorization: `Bearer ${tokens[user]}` } : {} });
  return {
    open: async (address: string, headers: Record<string, string> = {}) =>
      app.request(address.replace(origin, ""), { headers }),
    call,
    async share(path: string) {
      const res = await call("PUT", `/v1/${path}/share`, "alice");
      expect(res.status).toBe(200);
      return (await res.json()) as { url: string; embedUrl: string };
    },
    [Symbol.asyncDispose]: () => deps.close(),
  };
}

const piece = { chunks: 3, chunkBytes: 1000 };

test("everyone with the link of a piece can hear the piece until the link is ended", async () => {
  await using studio = await createStudio();
  await using sharing = await createSharing(studio);
  const { trackId, versionId } = await studio.make({}, studio.alice, piece);
  const path = `tracks/${trackId}`;
  const before = await sharing.call("GET", `/v1/${path}/share`, "alice");
  expect(await before.json()).toEqual({ url: null, embedUrl: null });
  const { url, embedUrl } = await sharing.share(path);
  expect(url).toStartWith(`${origin}/s/${studio.business.slug}/`);
  expect(await sharing.share(path)).toEqual({ url, embedUrl });

  const page = await sharing.open(url);
  const html = await page.text();
  expect([page.status, page.headers.get("content-type")]).toEqual([200, "text/html; charset=UTF-8"]);
  expect(html.length).toBeLessThan(10_000);
  expect(html).toContain('<h1 dir="auto">Piece of 7</h1>');
  expect(html).toContain(`property="og:image" content="${url}/cover.png"`);
  expect(html).toContain("machine-made music, 0:03");
  expect(html).not.toContain("slow piano");
  const sound = await sharing.open(`${url}/${versionId}.mp3`);
  expect(sound.status).toBe(302);
  const heard = await sharing.open(sound.headers.get("location")!);
  expect([heard.status, (await heard.arrayBuffer()).byteLength]).toEqual([200, 3000]);

  expect((await sharing.call("DELETE", `/v1/${path}/share`, "alice")).status).toBe(200);
  for (const address of [url, embedUrl, `${url}/${versionId}.mp3`, `${url}/cover.png`])
    expect([address, (await sharing.open(address)).status]).toEqual([address, 404]);
  expect((await sharing.share(path)).url).not.toBe(url);
});

test("the cover of a shared piece is a PNG of 1200 by 630 pixels", async () => {
  await using studio = await createStudio();
  await using sharing = await createSharing(studio);
  const { trackId } = await studio.make({}, studio.alice, piece);
  const { url } = await sharing.share(`tracks/${trackId}`);
  const picture = await sharing.open(`${url}/cover.png`);
  const bytes = Buffer.from(await picture.arrayBuffer());
  expect(picture.headers.get("content-type")).toBe("image/png");
  expect(bytes.subarray(1, 4).toString()).toBe("PNG");
  expect([bytes.readUInt32BE(16), bytes.readUInt32BE(20)]).toEqual([1200, 630]);
});

test("a shared album shows the finished pieces, newest first", async () => {
  await using studio = await createStudio();
  await using sharing = await createSharing(studio);
  const first = await studio.make({ seed: 1 }, studio.alice, piece);
  const second = await studio.make({ seed: 2, projectId: first.projectId }, studio.alice, piece);
  const deleted = await studio.make({ seed: 3, projectId: first.projectId }, studio.alice, piece);
  await studio.start({ seed: 4, projectId: first.projectId });
  await sharing.call("DELETE", `/v1/tracks/${deleted.trackId}`, "alice");
  const { url } = await sharing.share(`projects/${first.projectId}`);
  const page = await sharing.open(url);
  const html = await page.text();
  const shown = [...html.matchAll(/data-sound="[^"]*\/([^"/]+)\.mp3"/g)].map((match) => match[1]);
  expect(shown).toEqual([second.versionId, first.versionId]);
  const policy = page.headers.get("content-security-policy")!;
  const script = /<script>([\s\S]*)<\/script>/.exec(html)![1]!;
  expect(policy).toContain(`'sha256-${new Bun.CryptoHasher("sha256").update(script).digest("base64")}'`);
  expect(policy).toContain("frame-ancestors 'none'");
  expect((await sharing.open(`${url}/${deleted.versionId}.mp3`)).status).toBe(404);
});

test("any site can show the player of a shared piece in a frame", async () => {
  await using studio = await createStudio();
  await using sharing = await createSharing(studio);
  const { trackId } = await studio.make({}, studio.alice, piece);
  const { url, embedUrl } = await sharing.share(`tracks/${trackId}`);
  const frame = await sharing.open(embedUrl);
  expect(frame.headers.get("content-security-policy") ?? "").toContain("frame-ancestors *");
  const told = await sharing.open(`/oembed?url=${encodeURIComponent(url)}&maxwidth=400`);
  expect(await told.json()).toMatchObject({ type: "rich", title: "Piece of 7", width: 400 });
  for (const wrong of ["", "https://elsewhere.example/", `${url}x`])
    expect((await sharing.open(`/oembed?url=${encodeURIComponent(wrong)}`)).status).toBe(404);
});

test("only the owner can create, read and end the link of a piece", async () => {
  await using studio = await createStudio();
  await using sharing = await createSharing(studio);
  const { trackId } = await studio.make({}, studio.alice, piece);
  for (const method of ["GET", "PUT", "DELETE"]) {
    expect((await sharing.call(method, `/v1/tracks/${trackId}/share`)).status).toBe(401);
    const theirs = await sharing.call(method, `/v1/tracks/${trackId}/share`, "bob");
    const missing = await sharing.call(method, "/v1/tracks/nothing/share", "bob");
    const told = async (res: Response) => ({ ...((await res.json()) as object), requestId: "" });
    expect([theirs.status, await told(theirs)]).toEqual([404, await told(missing)]);
  }
  const { url } = await sharing.share(`tracks/${trackId}`);
  const elsewhere = url.replace(`/s/${studio.business.slug}/`, "/s/demo/");
  expect((await sharing.open(elsewhere)).status).toBe(404);
  expect((await sharing.open(`${url.slice(0, -1)}!`)).status).toBe(404);
});

test("the link of a deleted piece returns 404 until the piece is restored", async () => {
  await using studio = await createStudio();
  await using sharing = await createSharing(studio);
  const { trackId } = await studio.make({}, studio.alice, piece);
  await studio.stores.deps.databases.use(studio.business.id, ({ kysely }) =>
    kysely.updateTable("tracks").set({ title: "<script>alert(1)</script> & “شعر”" }).execute(),
  );
  const { url } = await sharing.share(`tracks/${trackId}`);
  const html = await (await sharing.open(url)).text();
  expect(html).toContain("&lt;script&gt;alert(1)&lt;/script&gt; &amp; “شعر”");
  expect(html).not.toContain("<script>alert");
  await sharing.call("DELETE", `/v1/tracks/${trackId}`, "alice");
  expect((await sharing.open(url)).status).toBe(404);
  await sharing.call("POST", `/v1/tracks/${trackId}/restore`, "alice");
  expect((await sharing.open(url)).status).toBe(200);
});

test("a shared page is in the available language that the browser prefers", async () => {
  await using studio = await createStudio();
  await using sharing = await createSharing(studio);
  const { trackId } = await studio.make({}, studio.alice, piece);
  const { url } = await sharing.share(`tracks/${trackId}`);
  for (const [accepted, language] of [
    ["de-AT,de;q=0.9,en;q=0.8", "de"],
    ["en;q=0.3, de;q=0.5, AR-eg;q=0.7, fr", "ar"],
    ["de;q=0, en;q=0.1", "en"],
    ["den, fr", "en"],
    ["", "en"],
  ] as const) {
    const page = await sharing.open(url, { "accept-language": accepted });
    expect([accepted, /<html lang="(..)"/.exec(await page.text())?.[1]]).toEqual([accepted, language]);
  }
});

test("a shared page uses the same font file as the web app", async () => {
  const fileOf = (css: string) => /url\("(\/assets\/[^"]+\.woff2)"\)/.exec(css)?.[1];
  const style = await Bun.file(new URL("../../../../web/src/style.css", import.meta.url)).text();
  expect(fileOf(sharedStyle)).toBe(fileOf(style)!);
});
