// Serves the files of the web app at /. The files are read one time, at the start, and sent from memory. If the client
// accepts a compressed response and there is a compressed copy, the copy is sent.
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { Hono } from "hono";
import { LRUCache } from "lru-cache";
import type { Look, Looks } from "../../apps/theme/looks.ts";
import { usualSlug } from "../../businesses/page-url.ts";
import { businessPathOf } from "../page/business-path.ts";
import { hasSessionCookie } from "../credentials/session-cookie.ts";
import { hasCopy } from "../answers/etag.ts";
import { pageHeaders } from "../page/page-headers.ts";
import { themedConsole, themedManifest, themedPage } from "../page/themed-page.ts";
import { createViewPreloads, manifestName } from "../page/view-preloads.ts";
import type { HttpContext, HttpEnv } from "../wire.ts";

interface WebFile {
  readonly contentType: string;
  readonly etag: string;
  readonly cacheControl: string;
  readonly plain: Uint8Array<ArrayBuffer>;
  readonly br: Uint8Array<ArrayBuffer> | undefined;
  readonly gzip: Uint8Array<ArrayBuffer> | undefined;
}

const contentTypes: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
  svg: "image/svg+xml",
  png: "image/png",
  ico: "image/x-icon",
  woff2: "font/woff2",
  txt: "text/plain; charset=utf-8",
  json: "application/json",
  webmanifest: "application/manifest+json",
};

const forever = "public, max-age=31536000, immutable";
const shellPath = "/index.html";
const consolePath = "/console.html";
const manifestPath = "/manifest.webmanifest";

interface WebOptions {
  /** The origin of stored sound; empty if it is this server. */
  readonly soundOrigin?: string | undefined;
  /** The looks of the businesses. Without them, each page has Rondo's own look. */
  readonly looks?: Looks;
}

/**
 * Creates the routes. `directory` is the output folder of the web build. If the folder is empty or
 * missing, every page returns 503 with the command that builds the app. A later build is served
 * only after a restart.
 */
export async function webRoutes(directory: string, { soundOrigin = "", looks }: WebOptions = {}) {
  const files = await readWebFiles(directory);
  const themed = looks && createThemedFiles(looks, files);
  const preloads = await createViewPreloads(directory);
  const find = async (c: HttpContext, path: string) => (await themed?.(c, path)) ?? files.get(path);
  return new Hono<HttpEnv>().get("*", async (c) => {
    const { path } = c.req;
    const below = businessPathOf(c.req.raw);
    const isKnown = below === undefined || (await isKnownSlug(looks, below.slug));
    const file = isKnown ? await find(c, pageOf(path)) : undefined;
    if (file && viewAddress.test(path)) {
      const hasSession = hasSessionCookie(c.req.raw.headers);
      const response = answer(c, file, soundOrigin, hasSession || !privateAddress.test(path) ? 200 : 404);
      response.headers.set("link", preloads(path, { hasSession, base: below?.base }));
      return response;
    }
    if (file) return answer(c, file, soundOrigin);
    // For an unknown path, the status is 404 and the app is sent. The app shows that the page doesn't exist.
    const shell = isPage(c) ? await find(c, shellPath) : undefined;
    if (shell) return answer(c, shell, soundOrigin, 404);
    if (files.size === 0 && isPage(c))
      return c.text("The web app isn't built yet. Build it with: bun web/build.ts\n", 503);
    return c.notFound();
  });
}

/** Without `looks`, no slug is known. While the control database is unavailable, every slug counts as known. */
async function isKnownSlug(looks: Looks | undefined, slug: string): Promise<boolean> {
  try {
    return (await looks?.ofSlug(slug)) !== undefined;
  } catch {
    return true;
  }
}

/**
 * Returns the path of the file for a URL: the app's page for its views, the console's page for /console, and
 * otherwise the file with this path.
 */
function pageOf(path: string): string {
  if (viewAddress.test(path)) return shellPath;
  return path === "/console" ? consolePath : path;
}

/**
 * The paths of the app's views: all pieces, one piece, one album, all albums, the trash, the account, and the views of
 * the links that reset a password, verify an e-mail address or sign a person in.
 */
const viewAddress = /^\/(?:[pa]\/[^/]{1,64}|albums|trash|me|reset-password|verify-email|sign-in)?$/;

/**
 * The paths of pieces and albums, which are private. Without a session, the app is sent with the status 404, so search
 * engines don't list these pages.
 */
const privateAddress = /^\/[pa]\//;

/**
 * Whether this path can be the address of a page. A path of the API can't, and neither can the
 * name of a file. Files that exist have been served before.
 */
const isPage = (c: HttpContext) => !c.req.path.startsWith("/v1/") && !/\.\w+$/.test(c.req.path);

function answer(c: HttpContext, file: WebFile, soundOrigin: string, status: 200 | 404 = 200): Response {
  const headers: Record<string, string> = {
    "content-type": file.contentType,
    "cache-control": file.cacheControl,
    etag: file.etag,
    vary: "accept-encoding",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
  };
  if (file.contentType.startsWith("text/html")) Object.assign(headers, pageHeaders(file.plain, soundOrigin));
  if (status === 200 && hasCopy(c.req.header("if-none-match"), file.etag))
    return new Response(null, { status: 304, headers });
  const accepted = c.req.header("accept-encoding") ?? "";
  const coding =
    file.br && /\bbr\b/.test(accepted) ? "br" : file.gzip && /\bgzip\b/.test(accepted) ? "gzip" : undefined;
  if (coding) headers["content-encoding"] = coding;
  const body = (coding && file[coding]) ?? file.plain;
  // The length is set here, because the response to HEAD has the same headers but no body.
  headers["content-length"] = String(body.byteLength);
  return new Response(body, { status, headers });
}

/**
 * Returns a function that finds the page, the console or the manifest with the look of a business. If the path names a
 * business, the look of this business is used; otherwise the look of the business of the host. The function returns
 * undefined if the built file has to be sent unchanged:
 * - for every file except the page, the console and the manifest
 * - if no business is found
 * - if the business of the host is needed, and the search for it fails
 * - if the business of the host is `usualSlug`, and this business has no theme
 */
function createThemedFiles(looks: Looks, files: ReadonlyMap<string, WebFile>) {
  const made = new LRUCache<string, WebFile>({ max: 200 });
  const makers: Readonly<Record<string, typeof themedPage>> = {
    [shellPath]: themedPage,
    [consolePath]: themedConsole,
    [manifestPath]: themedManifest,
  };
  return async (c: HttpContext, path: string): Promise<WebFile | undefined> => {
    const usual = files.get(path);
    const make = makers[path];
    if (!usual || !make) return undefined;
    const below = businessPathOf(c.req.raw);
    // While the control database is unavailable, the page has Rondo's own look and shows the error.
    const look = below
      ? await looks.ofSlug(below.slug).catch(() => ownLook(below.slug))
      : await looks.ofHost(new URL(c.req.url).host).catch(() => undefined);
    const isUsual = look?.slug === usualSlug && Object.keys(look.theme).length === 0;
    if (!look || (isUsual && !below)) return undefined;
    const key = `${path} ${look.slug} ${look.version} ${below?.base}`;
    const known = made.get(key);
    if (known) return known;
    const file = fileOf(make(new TextDecoder().decode(usual.plain), look, below?.base), usual);
    made.set(key, file);
    return file;
  };
}

/** Rondo's own look for a business whose look can't be read. */
const ownLook = (slug: string): Look => ({ slug, name: "Rondo", theme: {}, version: "own" });

function fileOf(text: string, usual: WebFile): WebFile {
  const plain = new TextEncoder().encode(text);
  return {
    ...usual,
    ...{ plain, etag: etagOf(plain) },
    br: new Uint8Array(brotliCompressSync(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 6 } })),
    gzip: new Uint8Array(gzipSync(plain)),
  };
}

const etagOf = (bytes: Uint8Array): string =>
  `"${createHash("sha256").update(bytes).digest("base64url").slice(0, 22)}"`;

async function readWebFiles(directory: string): Promise<Map<string, WebFile>> {
  const names = await readdir(directory, { recursive: true, withFileTypes: true }).catch(
    (err: NodeJS.ErrnoException) => {
      if (err.code === "ENOENT") return [];
      throw err;
    },
  );
  const paths = names.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const known = new Set(paths);
  const files = new Map<string, WebFile>();
  for (const path of paths) {
    const contentType = contentTypes[path.split(".").at(-1) ?? ""];
    if (!contentType) continue;
    const at = `/${relative(directory, path)}`;
    if (at === `/${manifestName}`) continue;
    const plain = new Uint8Array(await readFile(path));
    files.set(at, {
      contentType,
      etag: etagOf(plain),
      cacheControl: at.startsWith("/assets/") ? forever : "no-cache",
      plain,
      br: known.has(`${path}.br`) ? new Uint8Array(await readFile(`${path}.br`)) : undefined,
      gzip: known.has(`${path}.gz`) ? new Uint8Array(await readFile(`${path}.gz`)) : undefined,
    });
  }
  return files;
}
