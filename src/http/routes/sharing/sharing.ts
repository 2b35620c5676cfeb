// Defines the routes for sharing music. An owner creates and ends links at /v1. Everyone who has a link can open the
// music at /s, or at /embed in an iframe.
import { type Context, Hono } from "hono";
import type { UserCaller } from "../../../accounts/caller.ts";
import { signLink } from "../../../accounts/links.ts";
import type { Business } from "../../../businesses/business.ts";
import type { BusinessRegistry } from "../../../businesses/registry.ts";
import { isAppError, notFound } from "../../../errors.ts";
import type { LibraryThreads } from "../../../library/files/threads/library-threads.ts";
import { coverSvg } from "../../../sharing/cover.ts";
import { openShare, type SharedMusic } from "../../../sharing/open-share.ts";
import { endShare, readShare, share, type Shareable, type SharesDeps } from "../../../sharing/shares.ts";
import { baseOf } from "../../credentials/links.ts";
import { businessOfCaller } from "../generations/making-request.ts";
import { permissionsPolicy } from "../../page/page-headers.ts";
import { type HttpContext, type HttpEnv, requireUser } from "../../wire.ts";
import { themeStyle } from "../../page/themed-page.ts";
import type { Look, Looks } from "../../../apps/theme/looks.ts";
import { languageOf } from "./words.ts";
import { missingPage, sharedPage, type SharedAddresses, type SharedLook } from "./page.ts";
import { sharedPolicy } from "./page-parts.ts";

export interface SharingRoutesDeps extends SharesDeps {
  readonly registry: BusinessRegistry;
  readonly threads: LibraryThreads;
  readonly publicUrl: string | undefined;
  /** The origin from which browsers load stored sound; "" if this server itself serves the sound. */
  readonly soundOrigin: string;
  readonly looks: Looks;
}

/** The path segment below /v1 for each kind of thing that can be shared. */
const kinds = { tracks: "track", projects: "project" } as const;

/** The routes for the owner. They return, create and end the link of a track or a project. */
export function sharingRoutes(deps: SharingRoutesDeps) {
  const routes = new Hono<HttpEnv>();
  for (const [path, kind] of Object.entries(kinds)) {
    const thingOf = (c: HttpContext): Shareable => ({ kind, id: c.req.param("id") ?? "" });
    routes
      .get(`/${path}/:id/share`, (c) => answer(c, (caller) => readShare(deps, caller, thingOf(c))))
      .put(`/${path}/:id/share`, (c) => answer(c, (caller) => share(deps, caller, thingOf(c))))
      .delete(`/${path}/:id/share`, (c) => answer(c, (caller) => endShare(deps, caller, thingOf(c))));
  }
  return routes;

  async function answer(c: HttpContext, act: (caller: UserCaller) => Promise<string | undefined>) {
    const caller = requireUser(c);
    const business = await businessOfCaller(deps, caller);
    const token = await act(caller);
    if (!token) return c.json({ url: null, embedUrl: null });
    const { page, embed } = addressesOf(c, deps, business, token);
    return c.json({ url: page, embedUrl: embed });
  }
}

/** The routes for everyone who has the link: the page, the player for iframes, the picture, the sound and oEmbed. */
export function sharedRoutes(deps: SharingRoutesDeps) {
  return new Hono<HttpEnv>()
    .get("/s/:business/:token", (c) => show(c, false))
    .get("/embed/:business/:token", (c) => show(c, true))
    .get("/s/:business/:token/cover.png", async (c) => {
      const { music } = await find(c);
      const svg = coverSvg(music.pieces[0]?.peaks ?? null, { width: 1200, height: 630 });
      const png = await deps.threads.run({ kind: "picture", svg }, {}, c.req.raw.signal);
      return c.body(png as Uint8Array<ArrayBuffer>, 200, {
        "content-type": "image/png",
        "cache-control": "public, max-age=3600",
        "cross-origin-resource-policy": "cross-origin",
      });
    })
    .get("/s/:business/:token/:file{[\\w-]+\\.mp3}", async (c) => {
      const { music, business } = await find(c);
      const versionId = c.req.param("file").slice(0, -".mp3".length);
      if (!music.pieces.some((piece) => piece.versionId === versionId)) throw notFound("page");
      c.header("cache-control", "no-store");
      return c.redirect(`/v1/versions/${versionId}/audio?${signLink(business, versionId)}`, 302);
    })
    .get("/oembed", async (c) => {
      const shared = sharedAddress.exec(c.req.query("url") ?? "");
      if (!shared) throw notFound("page");
      const { slug = "", token = "" } = shared.groups ?? {};
      const { music, at } = await findShared(c, slug, token);
      const width = Math.min(Number(c.req.query("maxwidth")) || 480, 480);
      const height = music.pieces.length > 1 ? 320 : 170;
      return c.json({
        version: "1.0",
        type: "rich",
        title: music.title,
        provider_name: (await deps.looks.ofSlug(slug))?.name ?? "Rondo",
        provider_url: at.home,
        thumbnail_url: `${at.page}/cover.png`,
        thumbnail_width: 1200,
        thumbnail_height: 630,
        width,
        height,
        html: `<iframe src="${at.embed}" width="${width}" height="${height}" style="border:0" loading="lazy" allow="autoplay" title="Music"></iframe>`,
      });
    });

  async function show(c: HttpContext, isEmbedded: boolean): Promise<Response> {
    const frames = isEmbedded ? "*" : "'none'";
    const headers = {
      "permissions-policy": permissionsPolicy,
      "content-security-policy": sharedPolicy({ frames, soundOrigin: deps.soundOrigin }),
      "referrer-policy": "strict-origin-when-cross-origin",
      "cache-control": "no-cache",
    };
    try {
      const { music, at, business } = await find(c);
      const look = await lookOf(c, deps.looks.ofSlug(business.slug));
      // If the business was renamed after the link was created, the request is redirected to the new address.
      if (c.req.param("business") !== business.slug) return c.redirect(isEmbedded ? at.embed : at.page, 301);
      return c.html(sharedPage(music, at, look, { isEmbedded }), 200, headers);
    } catch (err) {
      if (!isAppError(err, "NOT_FOUND")) throw err;
      // The page for a missing link has the look that belongs to the host of the request. The look of the business in
      // the path would reveal that this business exists.
      const look = await lookOf(c, deps.looks.ofHost(new URL(c.req.url).host));
      return c.html(missingPage(`${baseOf(c, deps.publicUrl)}/`, look), 404, headers);
    }
  }

  async function lookOf(c: HttpContext, found: Promise<Look | undefined>): Promise<SharedLook> {
    const look = await found.catch(() => undefined);
    const language = languageOf(c.req.header("accept-language"), look?.theme.languages);
    return { name: look?.name ?? "Rondo", style: look ? themeStyle(look) : "", language };
  }

  function find(c: HttpContext) {
    return findShared(c, c.req.param("business") ?? "", c.req.param("token") ?? "");
  }

  async function findShared(
    c: HttpContext,
    slug: string,
    token: string,
  ): Promise<{ readonly music: SharedMusic; readonly business: Business; readonly at: SharedAddresses }> {
    const business = await deps.registry.findBySlug(slug);
    if (!business) throw notFound("page");
    const music = await openShare(deps, business.id, token);
    return { music, business, at: addressesOf(c, deps, business, token) };
  }
}

const sharedAddress = /\/s\/(?<slug>[a-z0-9-]{1,63})\/(?<token>[\w-]{22})\/?$/;

function addressesOf(
  c: Context,
  { publicUrl }: Pick<SharingRoutesDeps, "publicUrl">,
  { slug }: Business,
  token: string,
): SharedAddresses {
  const base = baseOf(c, publicUrl);
  const page = `${base}/s/${slug}/${token}`;
  return {
    page,
    embed: `${base}/embed/${slug}/${token}`,
    oembed: `${base}/oembed?url=${encodeURIComponent(page)}`,
    home: `${base}/`,
  };
}
