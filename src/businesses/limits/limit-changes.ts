// Parses a change of the limits of one business, in the format that the operator sends.
import { z } from "zod";
import { quotaChangesSchema } from "./quotas.ts";

const rate = z
  .union([
    z.strictObject({
      quota: z.int().min(1).max(1_000_000_000),
      windowSeconds: z.int().min(1).max(31_536_000),
    }),
    z.null(),
    z.literal("default"),
  ])
  .optional();
const count = z.union([z.int().min(0).max(1_000_000), z.literal("default")]).optional();

/**
 * A limit that is absent doesn't change. null removes a limit; `concurrentGenerationsPerUser` can't be removed.
 * "default" resets a limit to the value in the settings.
 */
export const limitChangesSchema = z.strictObject({
  rates: z.strictObject({ writes: rate, generations: rate, business: rate, address: rate }).optional(),
  concurrentGenerationsPerUser: count,
  concurrentGenerations: z.union([count, z.null()]).optional(),
  quotas: quotaChangesSchema.optional(),
});

export type LimitChanges = z.output<typeof limitChangesSchema>;
