// Describes the progress of a run of migrations as events: one for each business that was tried, and one at the end.
// The command line and the API use the same events.
import type { BusinessSchema } from "./list-schemas.ts";
import type { MigrationOutcome } from "./migrate-business.ts";
import type { FleetReport } from "./migrate-fleet.ts";

export function businessEventOf({ slug, businessId }: BusinessSchema, outcome: MigrationOutcome) {
  const fault = outcome.kind === "failed" ? { code: outcome.code, message: outcome.message } : {};
  return { event: "business", slug, businessId, outcome: outcome.kind, ...fault } as const;
}

export const endEventOf = (report: FleetReport) => ({ event: "ended", ...report }) as const;
