// What the jobs that carry audio between the tiers are given.
import { z } from "zod";

export const audioJobSchema = z.object({ businessId: z.string(), versionId: z.string() });
