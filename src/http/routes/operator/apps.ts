// Serves /v1/businesses/{slug}/app, where the operator applies, reads and rolls back the app of a
// business. Also serves /v1/themes/{slug}, the theme of a business's page, to everybody.
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { z } from "zod";
import { appLimits } from "../../../apps/app.ts";
import { applyApp, type AppDeps, readBusinessApp, rollBackApp } from "../../../apps/apply-app.ts";
import { findTheme, findThemeFile, type ThemeDeps } from "../../../apps/theme/find-theme.ts";
import { AppError } from "../../../errors.ts";
import { readJsonObject } from "../../requests/json-body.ts";
import { type HttpContext, type HttpEnv, readJson, requireOperator } from "../../wire.ts";

const actor = "operator";

export const rollbackBody = z.strictObject({
  to: z.int().min(1).optional(),
  allowLoss: z.boolean().optional(),
  dryRun: z.boolean().optional(),
});

export function appRoutes({ apps }: { readonly apps: AppDeps }) {
  const appBody = bodyLimit({
    maxSize: appLimits.bytes,
    onError: () => {
      throw new AppError("BODY_TOO_LARGE", `An app may have at most ${appLimits.bytes} bytes.`);
    },
  });
  return new Hono<HttpEnv>()
    .get("/:slug/app", async (c) => {
      requireOperator(c);
      return c.json(await readBusinessApp(apps, c.req.param("slug")));
    })
    .put("/:slug/app", appBody, async (c) => {
      requireOperator(c);
      const [isDryRun, allowLoss] = [flagOf(c, "dryRun"), flagOf(c, "allowLoss")];
      const bundle = await readJsonObject(c.req.raw);
      return c.json(await applyApp(apps, actor, { slug: c.req.param("slug"), bundle, isDryRun, allowLoss }));
    })
    .post("/:slug/app/rollback", appBody, async (c) => {
      requireOperator(c);
      const { to, allowLoss = false, dryRun: isDryRun = false } = await readJson(c, rollbackBody);
      const version = to === undefined ? {} : { to };
      return c.json(
        await rollBackApp(apps, actor, { slug: c.req.param("slug"), ...version, allowLoss, isDryRun }),
      );
    });
}

export function themeRoutes(deps: ThemeDeps) {
  return new Hono<HttpEnv>()
    .get("/:slug", async (c) => {
      const { files: _, ...theme } = await findTheme(deps, c.req.param("slug"));
      return c.json(theme, 200, { "cache-control": "no-cache" });
    })
    .get("/:slug/files/:name", async (c) => {
      const { slug, name } = c.req.param();
      const content = await findThemeFile(deps, slug, name);
      return c.body(content, 200, {
        "content-type": fileTypes[name.slice(name.lastIndexOf("."))] ?? "application/octet-stream",
        "cache-control": c.req.query("v") ? "public, max-age=31536000, immutable" : "no-cache",
        // An SVG file that a browser opens as a page must not run scripts.
        "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
      });
    });
}

const fileTypes: Readonly<Record<string, string>> = {
  ".woff2": "font/woff2",
  ".svg": "image/svg+xml",
  ".png": "image/png",
};

function flagOf(c: HttpContext, name: string): boolean {
  const text = c.req.query(name) ?? "false";
  if (text === "true" || text === "false") return text === "true";
  throw new AppError("INVALID_PARAMETER", "Some parameters of the request are invalid.", {
    faults: [{ at: name, message: "It has to be true or false." }],
  });
}
