// Tests the response for a view of the page: what the Link header preloads, and the status for a
// visitor without a session. Also tests that the manifest of the build is private.
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "bun:test";
import { createTemporaryDirectory } from "../../testing/temporary-directory.ts";
import { webRoutes } from "../routes/web.ts";

async function serve() {
  const directory = await createTemporaryDirectory();
  await Bun.write(join(directory.path, "index.html"), "<!doctype html>");
  await mkdir(join(directory.path, ".vite"));
  const manifest = {
    "index.html": { file: "assets/index-1.js", isEntry: true, css: ["assets/index-1.css"] },
    "_parts-1.js": { file: "assets/parts-1.js", css: ["assets/rows-1.css"], imports: ["index.html"] },
    "src/piece/piece-page.tsx": {
      file: "assets/piece-page-1.js",
      imports: ["index.html", "_parts-1.js"],
    },
  };
  await Bun.write(join(directory.path, ".vite/manifest.json"), JSON.stringify(manifest));
  const web = await webRoutes(directory.path);
  return {
    get: (path: string, cookie = "") => web.request(path, { headers: { cookie } }),
    [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose](),
  };
}

const session = "rondo_session=x";

test("the Link header of a view preloads the files and the data that the view needs first", async () => {
  await using page = await serve();
  const linksOf = async (path: string, cookie?: string) =>
    (await page.get(path, cookie)).headers.get("link")?.split(", ");
  const asked = "; rel=preload; as=fetch; crossorigin";
  expect(await linksOf("/")).toEqual([`</v1/accounts/session>${asked}`]);
  expect(await linksOf("/p/1", session)).toEqual([
    "</assets/piece-page-1.js>; rel=modulepreload",
    "</assets/parts-1.js>; rel=modulepreload",
    "</assets/rows-1.css>; rel=preload; as=style; crossorigin",
    `</v1/accounts/session>${asked}`,
    `</v1/queries/tracks.list?limit=30>${asked}`,
  ]);
});

test("without a session cookie, the page of a piece or an album has the status 404", async () => {
  await using page = await serve();
  const statusOf = async (path: string, cookie?: string) => (await page.get(path, cookie)).status;
  expect([await statusOf("/p/1"), await statusOf("/a/1"), await statusOf("/albums")]).toEqual([
    404, 404, 200,
  ]);
  expect([await statusOf("/p/1", session), await statusOf("/a/1", session)]).toEqual([200, 200]);
  expect(await (await page.get("/p/1")).text()).toContain("<!doctype html>");
});

test("the build's manifest is not served", async () => {
  await using page = await serve();
  expect((await page.get("/.vite/manifest.json")).status).toBe(404);
});
