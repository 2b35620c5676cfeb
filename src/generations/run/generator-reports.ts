// Reads the reports that a generator sends during a generation. The reports are stored as events of
// the type "report". Rondo's own events have other types.
import { z } from "zod";
import { AppError } from "../../errors.ts";
import type { GenerationEvent } from "../generation-events.ts";

const count = z.number().min(0).max(1e9);
const words = (most: number) => z.string().trim().min(1).max(most);

const progressSchema = z.object({
  type: z.literal("progress"),
  generatedMs: count.optional(),
  /** The share of the work that is done, from 0 to 1. */
  progress: z.number().min(0).max(1).optional(),
  queued: count.optional(),
  etaSeconds: count.optional(),
  stage: words(100).optional(),
});

const failedSchema = z.object({
  type: z.literal("failed"),
  reason: words(500),
  hint: words(500).optional(),
});

export const generatorReportSchema = z.discriminatedUnion("type", [progressSchema, failedSchema]);

type GeneratorReport = Extract<GenerationEvent, { readonly type: "report" }>;

/**
 * Converts one JSON message of a generator to the event that is stored. Unknown fields are left
 * out. If the message is not a valid report, this function throws INVALID_BODY.
 */
export function storedReport(message: Uint8Array): Uint8Array {
  const parsed = generatorReportSchema.safeParse(parse(message));
  if (!parsed.success) {
    throw new AppError("INVALID_BODY", "A generator can't send this event.", {
      hint: 'Send {"type": "progress", "generatedMs": 1000} or {"type": "failed", "reason": "…"}.',
      faults: parsed.error.issues.map(({ path, message: fault }) => ({
        at: `/${path.join("/")}`,
        message: fault,
      })),
    });
  }
  return new TextEncoder().encode(JSON.stringify(reportOf(parsed.data)));
}

function reportOf({ type, ...said }: z.output<typeof generatorReportSchema>): GeneratorReport {
  const at = new Date().toISOString();
  if (type === "progress") return { type: "report", at, ...said } as GeneratorReport;
  const { reason, hint } = said as z.output<typeof failedSchema>;
  return { type: "report", at, failure: { reason, ...(hint === undefined ? {} : { hint }) } };
}

function parse(message: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(message));
  } catch {
    return undefined;
  }
}
