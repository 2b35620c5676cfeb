// /v1/generations: start, follow the state, stop.
import { Hono } from "hono";
import { z } from "zod";
import type { Business } from "../../businesses/business.ts";
import { AppError, notFound } from "../../errors.ts";
import { cancelGeneration, type CancelGenerationDeps } from "../../generations/cancel-generation.ts";
import { readGeneration } from "../../generations/read-generation.ts";
import { startGeneration, type StartGenerationDeps } from "../../generations/start-generation.ts";
import type { LinkMaker } from "../links.ts";
import { type HttpContext, type HttpEnv, readJson, requireUser } from "../wire.ts";

export type GenerationRoutesDeps = StartGenerationDeps &
  CancelGenerationDeps & {
    readonly links: LinkMaker;
  };

export const promptCharactersMax = 2000;
export const durationSecondsMin = 10;
export const durationSecondsMax = 600;

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const notText = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/;

const prompt = z
  .string()
  .max(promptCharactersMax, `At most ${promptCharactersMax} characters.`)
  .refine((text) => text.isWellFormed() && !notText.test(text), "It holds characters that are no text.")
  .refine((text) => text.trim() !== "", "Say what you want to hear.");

const startBody = z.strictObject({
  prompt,
  projectId: z.string().min(1).max(64).optional(),
  durationSeconds: z
    .int("A whole number of seconds.")
    .min(durationSecondsMin, `At least ${durationSecondsMin} seconds.`)
    .max(durationSecondsMax, `At most ${durationSecondsMax} seconds.`)
    .default(60),
  seed: z.int().min(0).max(0xffff_ffff).optional(),
});

const idempotencyKey = /^[\x21-\x7e]{1,255}$/;

export function generationRoutes(deps: GenerationRoutesDeps) {
  return new Hono<HttpEnv>()
    .post("/", async (c) => {
      const caller = requireUser(c);
      const business = await businessOfCaller(deps, caller.businessId);
      const body = await readJson(c, startBody);
      const started = await startGeneration(deps, caller, { ...body, idempotencyKey: readIdempotencyKey(c) });
      return c.json({ ...started, links: deps.links.generation(c, business, started) });
    })
    .get("/:requestId", (c) => view(c, c.req.param("requestId")))
    .delete("/:requestId", async (c) => {
      await cancelGeneration(deps, requireUser(c), c.req.param("requestId"));
      return view(c, c.req.param("requestId"));
    });

  async function view(c: HttpContext, requestId: string) {
    const caller = requireUser(c);
    const generation = await readGeneration(deps, caller, requestId);
    const business = await businessOfCaller(deps, caller.businessId);
    return c.json({ ...generation, links: deps.links.generation(c, business, generation) });
  }
}

async function businessOfCaller(
  deps: Pick<StartGenerationDeps, "registry">,
  businessId: string,
): Promise<Business> {
  const business = await deps.registry.findById(businessId);
  if (!business) throw notFound("business");
  return business;
}

function readIdempotencyKey(c: HttpContext): string | undefined {
  const key = c.req.header("idempotency-key");
  if (key === undefined || idempotencyKey.test(key)) return key;
  throw new AppError("INVALID_PARAMETER", "The Idempotency-Key can't be used.", {
    faults: [{ at: "Idempotency-Key", message: "1 to 255 visible ASCII characters." }],
  });
}
