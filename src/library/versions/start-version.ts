// Starts a version from another version and an instruction that changes it.
import type { Transaction } from "kysely";
import type { UserCaller } from "../../accounts/caller.ts";
import type { BusinessTables } from "../../businesses/tables/schema.ts";
import { AppError, notFound } from "../../errors.ts";
import {
  placeGeneration,
  type PlaceGenerationDeps,
  type StartedGeneration,
} from "../../generations/queue/place-generation.ts";
import { isFinal } from "../../generations/generation-states.ts";
import type { SharedAudio } from "../../generations/create-streams.ts";
import type { ChunkStore } from "../../ports/chunk-store/chunk-store.ts";
import type { Generator, Revision, SharedStart } from "../../ports/generator/generator.ts";
import { audioKey } from "../../streams/stream-keys.ts";
import { unlessGone } from "../../streams/unless-gone.ts";

export interface StartVersionDeps extends PlaceGenerationDeps {
  readonly generator: Pick<Generator, "name" | "revise">;
  /**
   * Finds one of the operator's generators by its name. A plan is changed by the generator that made it. If neither
   * this function nor `ownGeneratorNamed` finds this generator, `generator` changes the plan.
   */
  readonly generatorNamed?: (name: string) => Pick<Generator, "name" | "revise"> | undefined;
  /**
   * Finds the business's own generator with this name. If found, it is used instead of the operator's generator with
   * the same name.
   */
  readonly ownGeneratorNamed?: (
    businessId: string,
    name: string,
  ) => Promise<Pick<Generator, "name" | "revise"> | undefined>;
  /**
   * A chunk store that doesn't restore expired chunks from the object store, because this code only asks whether the
   * chunks exist.
   */
  readonly chunkStore: Pick<ChunkStore, "head">;
}

export interface StartVersionInput {
  /** The version that is changed. */
  readonly parentId: string;
  readonly instruction: string;
  readonly durationSeconds?: number | undefined;
  readonly seed?: number | undefined;
  readonly idempotencyKey?: string | undefined;
  readonly address?: string | undefined;
}

export interface StartedVersion
  extends StartedGeneration, Pick<Revision, "by" | "understood" | "notUnderstood"> {}

/**
 * Starts the version, which is durable when the promise resolves. If the instruction changes the title, the track gets
 * the new title at once. Errors: NOT_FOUND (the parent is missing, in the trash, or of another user), CONFLICT (the
 * parent has no plan), INVALID_PARAMETER (no part of the instruction was understood), and the errors of
 * `placeGeneration`.
 */
export async function startVersion(
  deps: StartVersionDeps,
  caller: UserCaller,
  input: StartVersionInput,
): Promise<StartedVersion> {
  const { parentId, instruction } = input;
  const parent = await deps.databases.use(caller.businessId, (database) =>
    database.transaction((trx) => getParent(trx, caller, parentId)),
  );
  const maker = await makerOf(deps, caller.businessId, parent.madeBy);
  const generator = maker ?? deps.generator;
  const revision = await generator.revise({
    spec: JSON.parse(parent.spec),
    instruction,
    ...(input.durationSeconds === undefined ? {} : { durationSeconds: input.durationSeconds }),
    ...(input.seed === undefined ? {} : { seed: input.seed }),
  });
  const isOurs = parent.madeBy === generator.name;
  const shared = isOurs ? await findShared(deps, caller, parentId, revision.shared) : undefined;
  const started = await placeGeneration(deps, caller, {
    idempotencyKey: input.idempotencyKey,
    address: input.address,
    shared,
    generator: maker?.name,
    request: [parentId, instruction, input.durationSeconds ?? null, input.seed ?? null],
    async place(trx, now) {
      const { projectId, trackId, prompt } = await getParent(trx, caller, parentId);
      if (revision.title !== undefined) {
        const renamed = { title: revision.title, updatedAt: now };
        await trx.updateTable("tracks").set(renamed).where("id", "=", trackId).execute();
      }
      return {
        ...{ projectId, trackId, parentId, prompt, instruction },
        number: await nextNumber(trx, trackId),
        seed: revision.seed,
        durationSeconds: Math.round(revision.durationSeconds),
        spec: JSON.stringify(revision.spec),
        durationMs: revision.plannedBytes === undefined ? null : Math.round(revision.durationSeconds * 1000),
        audioBytes: revision.plannedBytes ?? null,
      };
    },
  });
  return {
    ...started,
    by: revision.by,
    understood: revision.understood,
    notUnderstood: revision.notUnderstood,
  };
}

/**
 * Returns which part of the parent's sound is also the beginning of the new version. Returns undefined if the generator
 * named no common beginning, if the parent's sound is not complete, or if the chunks of the parent don't exist.
 */
async function findShared(
  { chunkStore }: StartVersionDeps,
  { businessId }: UserCaller,
  versionId: string,
  shared: SharedStart | undefined,
): Promise<SharedAudio | undefined> {
  if (shared === undefined) return undefined;
  const parent = await unlessGone(chunkStore.head(audioKey(businessId, versionId)));
  if (!parent?.closed) return undefined;
  const { head } = shared;
  const position = Math.min(shared.bytes, parent.tail);
  return position > head.length ? { versionId, position, head } : undefined;
}

async function getParent(trx: Transaction<BusinessTables>, caller: UserCaller, versionId: string) {
  const parent = await trx
    .selectFrom("versions as v")
    .innerJoin("tracks as t", "t.id", "v.trackId")
    .innerJoin("generations as g", "g.versionId", "v.id")
    .select(["t.projectId", "v.trackId", "v.prompt", "v.spec", "v.madeBy", "g.state"])
    .where("v.id", "=", versionId)
    .where("v.userId", "=", caller.userId)
    .where("v.deletedAt", "is", null)
    .where("t.deletedAt", "is", null)
    .executeTakeFirst();
  if (!parent) throw notFound("version");
  const { spec, state } = parent;
  if (spec !== null) return { ...parent, spec: typeof spec === "string" ? spec : JSON.stringify(spec) };
  if (isFinal(state))
    throw new AppError("CONFLICT", "This version was never planned, so there is nothing to change.", {
      hint: "Make a new piece.",
    });
  throw new AppError("CONFLICT", "This version has no plan yet, so there is nothing to change.", {
    hint: "Try again in a moment.",
    retryAfterSeconds: 1,
  });
}

/** Returns the next version number in a track. Numbers of versions in the trash are not used again. */
async function nextNumber(trx: Transaction<BusinessTables>, trackId: string): Promise<number> {
  const { last } = await trx
    .selectFrom("versions")
    .select((eb) => eb.fn.max("number").as("last"))
    .where("trackId", "=", trackId)
    .executeTakeFirstOrThrow();
  return Number(last ?? 0) + 1;
}

/**
 * Returns the business's own generator with the name `madeBy`. If the business has none, returns the operator's
 * generator with this name, or undefined.
 */
async function makerOf(
  { ownGeneratorNamed, generatorNamed }: StartVersionDeps,
  businessId: string,
  madeBy: string | null,
) {
  if (madeBy === null) return undefined;
  return (await ownGeneratorNamed?.(businessId, madeBy)) ?? generatorNamed?.(madeBy);
}
