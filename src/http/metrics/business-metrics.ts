// Adds a metric of the API: for each kind of work, the number of businesses whose sweeps or
// migrations fail. The worker finds most of these faults, but serves no HTTP. So the faults are
// recorded in the control database, and the API reads them there.
import { listBusinessFaults } from "../../businesses/due/business-faults.ts";
import type { ControlTables } from "../../businesses/tables/control-schema.ts";
import type { Database } from "../../ports/database/database.ts";
import type { Metrics } from "./metrics.ts";

export function watchBusinesses(metrics: Metrics, control: Database<ControlTables>): void {
  metrics.watchEach(
    "rondo_businesses_failing",
    "Businesses for which the latest sweep or migration failed, by the kind of work (schema: the migration).",
    "work",
    async () => {
      const counts = { generations: 0, tiers: 0, trash: 0, orphans: 0, accounts: 0, schema: 0 };
      for (const { kind } of await listBusinessFaults(control)) counts[kind] += 1;
      return counts;
    },
  );
}
