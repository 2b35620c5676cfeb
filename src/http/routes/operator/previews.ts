// Serves /v1/businesses/{slug}/previews, where the operator creates, lists and ends copies of a business's database.
import { Hono } from "hono";
import { z } from "zod";
import { createPreview, type PreviewDeps } from "../../../businesses/previews/create-preview.ts";
import { listPreviews, previewHoursMax, previewHoursUsual } from "../../../businesses/previews/preview.ts";
import { endPreview } from "../../../businesses/previews/sweep-previews.ts";
import { type HttpEnv, readJson, requireOperator } from "../../wire.ts";

export const previewBody = z.strictObject({
  hours: z.number().positive().max(previewHoursMax).default(previewHoursUsual),
});

const actor = "operator";

export const previewRoutes = (deps: PreviewDeps) =>
  new Hono<HttpEnv>()
    .use(async (c, next) => {
      requireOperator(c);
      await next();
    })
    .post("/:slug/previews", async (c) => {
      const { hours } = await readJson(c, previewBody);
      return c.json(await createPreview(deps, actor, { slug: c.req.param("slug"), hours }), 201);
    })
    .get("/:slug/previews", async (c) =>
      c.json({ items: await listPreviews(deps.control, c.req.param("slug")) }),
    )
    .delete("/:slug/previews/:previewId", async (c) => {
      await endPreview(deps, actor, c.req.param());
      return c.body(null, 204);
    });
