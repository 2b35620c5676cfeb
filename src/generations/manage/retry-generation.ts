// Requests a failed or cancelled generation again, as a new version of the same track with the same prompt and seed.
import { AppError, notFound } from "../../errors.ts";
import {
  placeGeneration,
  type PlaceGenerationDeps,
  type StartedGeneration,
} from "../queue/place-generation.ts";
import { parseStoredOptions } from "../stored-options.ts";

/**
 * The retry counts towards the quotas of the piece's owner. Errors, in addition to those of `placeGeneration`:
 * - NOT_FOUND: the generation is missing.
 * - CONFLICT: the generation is queued, running or complete, or its piece is in the trash.
 */
export async function retryGeneration(
  deps: PlaceGenerationDeps,
  businessId: string,
  requestId: string,
): Promise<StartedGeneration> {
  const row = await deps.databases.use(businessId, ({ kysely }) =>
    kysely
      .selectFrom("generations as g")
      .innerJoin("versions as v", "v.id", "g.versionId")
      .innerJoin("tracks as t", "t.id", "g.trackId")
      .select(["g.userId", "g.state", "g.prompt", "g.seed", "g.durationSeconds", "g.generator", "g.options"])
      .select(["t.projectId", "g.trackId", "v.parentId", "v.instruction", "v.spec"])
      .select(["v.durationMs", "v.audioBytes", "t.deletedAt"])
      .where("g.id", "=", requestId)
      .executeTakeFirst(),
  );
  if (row === undefined) throw notFound("generation");
  if (row.state !== "failed" && row.state !== "cancelled") throw notEnded(row.state);
  if (row.deletedAt !== null) throw inTrash();
  // A version that was made with an instruction ("without drums") has a plan, the column `spec`. The retry uses the
  // same plan.
  const isChanged = row.instruction !== null;
  const spec = typeof row.spec === "string" || row.spec === null ? row.spec : JSON.stringify(row.spec);
  return placeGeneration(
    deps,
    { kind: "user", businessId, userId: row.userId },
    {
      idempotencyKey: undefined,
      generator: row.generator ?? undefined,
      options: parseStoredOptions(row.options) ?? undefined,
      request: undefined,
      async place(trx) {
        const { last } = await trx
          .selectFrom("versions")
          .select((eb) => eb.fn.max("number").as("last"))
          .where("trackId", "=", row.trackId)
          .executeTakeFirstOrThrow();
        const { projectId, trackId, parentId, prompt, instruction, durationSeconds } = row;
        return {
          ...{ projectId, trackId, parentId, prompt, instruction, durationSeconds },
          number: Number(last ?? 0) + 1,
          seed: Number(row.seed),
          spec: isChanged ? spec : null,
          durationMs: isChanged ? row.durationMs : null,
          audioBytes: isChanged && row.audioBytes !== null ? Number(row.audioBytes) : null,
        };
      },
    },
  );
}

const notEnded = (state: string): AppError =>
  new AppError("CONFLICT", `This generation is ${state}, so there is nothing to retry.`, {
    hint: "Only failed and cancelled generations can be retried.",
  });

const inTrash = (): AppError =>
  new AppError("CONFLICT", "The piece of this generation is in the trash.", {
    hint: "Its owner can restore it.",
  });
