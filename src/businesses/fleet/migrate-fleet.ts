// Migrates the databases of all businesses: first the canaries, then the others, several databases
// at a time. A run can be killed at any step and repeated. Two runs can run at the same time.
import { setTimeout } from "node:timers/promises";
import { counted } from "../../counted.ts";
import { isAppError, notFound } from "../../errors.ts";
import type { BusinessSchema } from "./list-schemas.ts";
import { listSchemas } from "./list-schemas.ts";
import { migrateBusiness, type MigrateBusinessDeps, type MigrationOutcome } from "./migrate-business.ts";
import { isOver, type StopRule } from "./stop-rule.ts";

export interface MigrateFleetDeps extends MigrateBusinessDeps {
  /** Called once for each business that the run tried, including businesses that needed no migration. */
  readonly onOutcome?: (business: BusinessSchema, outcome: MigrationOutcome) => void;
}

export interface MigrateFleetInput {
  /**
   * The slugs of the businesses to migrate first. The other businesses are migrated only if no
   * canary fails. If the list is empty, the canary is the oldest business that the run tries.
   */
  readonly canaries: readonly string[];
  /** The maximum number of businesses that are migrated at the same time. */
  readonly parallel: number;
  readonly stopAfter: StopRule;
  /** The number of further attempts for a business if its database can't be reached. */
  readonly retries: number;
  /** Whether the run also opens the databases that are recorded as current, for example after a restore. */
  readonly isAgain?: boolean;
}

export interface FleetReport {
  /** The name of the newest migration. */
  readonly newest: string;
  readonly migrated: number;
  /** The number of businesses that already had the newest schema, or were erased during the run. */
  readonly current: number;
  /** The slugs of the businesses that are moving to another engine. Their databases are migrated at the next use. */
  readonly moving: readonly string[];
  readonly failed: readonly { readonly slug: string; readonly code: string; readonly message: string }[];
  /** The number of businesses that were not migrated because the run stopped. */
  readonly left: number;
  /** The reason why the run stopped; null if it did not stop. */
  readonly stopped: string | null;
  readonly totalMs: number;
}

/** If another run is migrating a business, this run tries again after at least this pause. */
const heldPauseMs = 50;

/**
 * If the migration of a business fails, the promise doesn't reject: the report lists the failure.
 * Throws NOT_FOUND for an unknown canary. Rejects if the control database can't be used, or if the
 * stored credentials of a business can't be decrypted.
 */
export async function migrateFleet(deps: MigrateFleetDeps, input: MigrateFleetInput): Promise<FleetReport> {
  const startedAt = performance.now();
  const all = await listSchemas(deps);
  const unknown = input.canaries.find((slug) => !all.some((one) => one.slug === slug));
  if (unknown !== undefined) throw notFound(`business "${unknown}"`);
  const due = all.filter(({ state }) => input.isAgain || state !== "current");
  const isCanary = ({ slug }: BusinessSchema): boolean =>
    input.canaries.length === 0 ? slug === due[0]?.slug : input.canaries.includes(slug);
  const canaries = due.filter(isCanary);

  const tally = { migrated: 0, current: all.length - due.length };
  const moving: string[] = [];
  const failed: FleetReport["failed"][number][] = [];
  let finished = 0;
  let stopped: string | null = null;

  function add(business: BusinessSchema, outcome: MigrationOutcome): void {
    finished += 1;
    if (outcome.kind === "moving") moving.push(business.slug);
    else if (outcome.kind === "failed")
      failed.push({ slug: business.slug, code: outcome.code, message: outcome.message });
    else tally[outcome.kind] += 1;
    deps.onOutcome?.(business, outcome);
    if (isCanary(business) && outcome.kind === "failed")
      stopped ??= `${business.slug} was migrated first and failed, so the others were not tried.`;
    else if (isOver(input.stopAfter, { failed: failed.length, finished, total: due.length }))
      stopped ??= `${counted(failed.length, "business", "businesses")} of ${finished} failed, so the others were not tried.`;
  }

  async function takeTurns(waiting: BusinessSchema[]): Promise<void> {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const outcome = await migratePatiently(deps, next, input);
      if (outcome.kind === "held") {
        waiting.push(next);
        await setTimeout(heldPauseMs);
      } else add(next, outcome);
      if (stopped !== null) return;
    }
  }

  for (const part of [canaries, due.filter((one) => !isCanary(one))]) {
    if (stopped !== null) break;
    await Promise.all(Array.from({ length: input.parallel }, () => takeTurns(part)));
  }
  return {
    newest: deps.schemas.own.newest,
    ...tally,
    ...{ moving, failed, stopped },
    left: due.length - finished,
    totalMs: performance.now() - startedAt,
  };
}

async function migratePatiently(
  deps: MigrateBusinessDeps,
  business: BusinessSchema,
  { retries, isAgain = false }: MigrateFleetInput,
): Promise<MigrationOutcome | { readonly kind: "held" }> {
  for (let tries = 0; ; tries += 1) {
    const outcome = await migrateBusiness(deps, business, { isAgain });
    const isTemporary = outcome.kind === "failed" && isAppError(outcome.cause, "UNAVAILABLE");
    if (!isTemporary || tries >= retries) return outcome;
    await setTimeout(Math.min(250 * 2 ** tries, 5_000));
  }
}
