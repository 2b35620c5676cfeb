// Serves /v1/generations: starts, returns and cancels generations.
import { Hono } from "hono";
import { z } from "zod";
import { cancelGeneration, type CancelGenerationDeps } from "../../../generations/cancel-generation.ts";
import { type GenerationView, readGeneration } from "../../../generations/read-generation.ts";
import type { PlaceGenerationDeps } from "../../../generations/queue/place-generation.ts";
import { startGeneration } from "../../../generations/start-generation.ts";
import { addressOf } from "../../middleware/address.ts";
import { generationOptions } from "./generation-options.ts";
import { businessOfCaller, durationSeconds, personText, readIdempotencyKey, seed } from "./making-request.ts";
import type { Business } from "../../../businesses/business.ts";
import type { GenerationOptions, Generator } from "../../../ports/generator/generator.ts";
import { AppError } from "../../../errors.ts";
import type { LinkMaker } from "../../credentials/links.ts";
import { type HttpContext, type HttpEnv, readJson, requireUser } from "../../wire.ts";

export type GenerationRoutesDeps = PlaceGenerationDeps &
  CancelGenerationDeps & {
    readonly links: LinkMaker;
    readonly generator: Describing;
    /** Finds one of several generators by its name. */
    readonly generatorNamed?: (name: string) => Describing | undefined;
    readonly trustedProxies: number;
  };

type Describing = Pick<Generator, "name" | "durationOf" | "describe" | "makesEndless">;

const promptCharactersMax = 2000;
/** If neither the request nor the prompt contains a duration, the piece has this duration. */
const durationSecondsDefault = 60;

export const startBody = z.strictObject({
  prompt: personText(promptCharactersMax, "Describe the music that you want to hear."),
  projectId: z.string().min(1).max(64).optional(),
  durationSeconds: z.union([durationSeconds, z.literal("endless")]).optional(),
  seed: seed.optional(),
  generator: z.string().min(1).max(64).optional(),
  options: generationOptions.optional(),
});

export function generationRoutes(deps: GenerationRoutesDeps) {
  return new Hono<HttpEnv>()
    .post("/", async (c) => {
      const caller = requireUser(c);
      const business = await businessOfCaller(deps, caller);
      const body = await readJson(c, startBody);
      const { prompt } = body;
      const generator = likelyGenerator(business, body.generator);
      const { durationSeconds, options } = lengthOf(body, generator);
      const started = await startGeneration(deps, caller, {
        ...body,
        durationSeconds,
        options,
        idempotencyKey: readIdempotencyKey(c),
        address: addressOf(c, deps.trustedProxies),
      });
      const described = generator.describe?.({
        ...{ prompt, seed: started.seed, durationSeconds },
        ...(options === undefined ? {} : { options }),
      });
      return c.json({ ...started, ...described, links: deps.links.generation(c, business, started) });
    })
    .get("/:requestId", (c) => view(c, c.req.param("requestId")))
    .delete("/:requestId", async (c) => {
      await cancelGeneration(deps, requireUser(c), c.req.param("requestId"));
      return view(c, c.req.param("requestId"));
    });

  /**
   * Returns the length and the options. The length of an endless piece is the operator's limit.
   * Throws INVALID_PARAMETER if endless pieces are off or the generator can't make them.
   */
  function lengthOf(
    { prompt, durationSeconds, options }: z.output<typeof startBody>,
    generator: Describing,
  ): { readonly durationSeconds: number; readonly options?: GenerationOptions | undefined } {
    if (durationSeconds !== "endless")
      return {
        options,
        durationSeconds: durationSeconds ?? generator.durationOf(prompt) ?? durationSecondsDefault,
      };
    const { endlessMinutes } = deps.makingLimits;
    if (endlessMinutes === undefined) throw noEndless("Endless pieces are turned off here.");
    if (generator.makesEndless !== true) throw noEndless("This generator can't make endless pieces.");
    return { options: { ...options, endless: true }, durationSeconds: endlessMinutes * 60 };
  }

  /**
   * Returns the generator with this name. Without a name, returns the first configured generator in the list of the
   * business. If no generator is found, returns `deps.generator`.
   */
  function likelyGenerator({ limits }: Business, name?: string): Describing {
    for (const one of name === undefined ? (limits.generators ?? []) : [name]) {
      const found = deps.generatorNamed?.(one);
      if (found !== undefined) return found;
    }
    return deps.generator;
  }

  /**
   * Returns the position in Rondo's queue and the expected wait in seconds, or null if the generation is not queued.
   * Rondo's queue and the queue of the generator each have an estimate. The longer one is returned.
   */
  async function queueOf(business: Business, { queue, generator }: GenerationView) {
    if (queue === null) return null;
    const seconds = (await deps.generatorWaits?.secondsFor(business, generator)) ?? 0;
    return { ...queue, seconds: Math.max(queue.seconds, Math.ceil(seconds)) };
  }

  async function view(c: HttpContext, requestId: string) {
    const caller = requireUser(c);
    const generation = await readGeneration(deps, caller, requestId);
    const business = await businessOfCaller(deps, caller);
    const { planned, ...shown } = generation;
    const { options, ...wanted } = shown;
    const { endless, ...sentOptions } = options ?? {};
    const { madeBy } = generation;
    const generator = likelyGenerator(business, madeBy ?? generation.generator ?? undefined);
    const isOurs = madeBy === null || madeBy === generator.name;
    const described = isOurs
      ? generator.describe?.({
          ...wanted,
          ...(options === null ? {} : { options }),
          ...(planned.spec === undefined ? {} : { spec: planned.spec }),
        })
      : undefined;
    const queue = await queueOf(business, generation);
    return c.json({
      ...shown,
      ...(endless === true
        ? {
            durationSeconds: "endless",
            options: Object.keys(sentOptions).length === 0 ? null : sentOptions,
          }
        : {}),
      queue,
      ...described,
      links: deps.links.generation(c, business, generation),
    });
  }
}

const noEndless = (message: string): AppError =>
  new AppError("INVALID_PARAMETER", message, {
    faults: [{ at: "durationSeconds", message, hint: "Choose a length." }],
  });
