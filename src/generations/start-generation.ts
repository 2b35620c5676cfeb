// Starts a generation from a prompt: a new track with its first version.
import { randomInt } from "node:crypto";
import type { Transaction } from "kysely";
import { v7 as uuidv7 } from "uuid";
import type { UserCaller } from "../accounts/caller.ts";
import type { BusinessTables } from "../businesses/tables/schema.ts";
import { notFound } from "../errors.ts";
import type { GenerationOptions } from "../ports/generator/generator.ts";
import {
  placeGeneration,
  type PlaceGenerationDeps,
  type StartedGeneration,
} from "./queue/place-generation.ts";
import { storedOptions } from "./stored-options.ts";

export interface StartGenerationInput {
  readonly prompt: string;
  readonly projectId?: string | undefined;
  readonly durationSeconds: number;
  /** If undefined, a random seed is chosen. */
  readonly seed?: number | undefined;
  /** The name of a generator in RONDO_GENERATORS. If undefined, the business's default is used. */
  readonly generator?: string | undefined;
  /** The options of the request besides the prompt. */
  readonly options?: GenerationOptions | undefined;
  readonly idempotencyKey?: string | undefined;
  /** The IP address of the request, if it is known. */
  readonly address?: string | undefined;
}

const seedMax = 2 ** 32;
const firstProjectName = "My music";

/**
 * Starts a generation. When the promise resolves, the generation is stored durably. If the user
 * already made the same request with the same `idempotencyKey`, this function returns the first
 * result again. Errors: NOT_FOUND for the project, and each error that `placeGeneration` throws.
 */
export function startGeneration(
  deps: PlaceGenerationDeps,
  caller: UserCaller,
  input: StartGenerationInput,
): Promise<StartedGeneration> {
  const { prompt, durationSeconds } = input;
  return placeGeneration(deps, caller, {
    idempotencyKey: input.idempotencyKey,
    address: input.address,
    generator: input.generator,
    options: input.options,
    request: [
      ...[prompt, input.projectId ?? null, durationSeconds, input.seed ?? null],
      ...(input.generator === undefined ? [] : [input.generator]),
      // Without options, the stored request is the same as in earlier versions of Rondo, so that earlier idempotency
      // keys still match.
      ...(storedOptions(input.options) === null ? [] : [input.options]),
    ],
    async place(trx, now) {
      const projectId = await resolveProject(trx, caller, input.projectId, now);
      const trackId = uuidv7();
      await trx
        .insertInto("tracks")
        .values({
          id: trackId,
          userId: caller.userId,
          projectId,
          title: provisionalTitle(prompt),
          createdAt: now,
          updatedAt: now,
          deletedAt: null,
        })
        .execute();
      const seed = input.seed ?? randomInt(seedMax);
      const first = { parentId: null, number: 1, instruction: null };
      const unknown = { spec: null, durationMs: null, audioBytes: null };
      return { ...first, ...unknown, projectId, trackId, prompt, seed, durationSeconds };
    },
  });
}

/**
 * Returns `projectId` if it is a project of the caller. Without `projectId`, returns the id of the caller's oldest
 * project, or creates a project if the caller has none.
 */
async function resolveProject(
  trx: Transaction<BusinessTables>,
  caller: UserCaller,
  projectId: string | undefined,
  now: string,
): Promise<string> {
  const mine = trx
    .selectFrom("projects")
    .select("id")
    .where("userId", "=", caller.userId)
    .where("deletedAt", "is", null);
  if (projectId !== undefined) {
    const project = await mine.where("id", "=", projectId).executeTakeFirst();
    if (!project) throw notFound("project");
    return project.id;
  }
  const first = await mine.orderBy("createdAt").orderBy("id").limit(1).executeTakeFirst();
  if (first) return first.id;
  const made = {
    id: uuidv7(),
    userId: caller.userId,
    name: firstProjectName,
    createdAt: now,
    updatedAt: now,
    deletedAt: null,
  };
  await trx.insertInto("projects").values(made).execute();
  return made.id;
}

const titleMax = 60;

/** Makes the first title of a track from the prompt. A title from the generator replaces it. */
const provisionalTitle = (prompt: string): string => {
  const line = prompt.replace(/\s+/g, " ").trim();
  const characters = [...line];
  return characters.length <= titleMax
    ? line
    : `${characters
        .slice(0, titleMax - 1)
        .join("")
        .trimEnd()}…`;
};
