// Applies the app that all businesses share. The app is read from the folder in RONDO_APP. A business gets the app at
// the next use of a query of this business, or with `rondo app apply`.
import { businessSchema } from "../businesses/tables/schema.ts";
import { isAppError } from "../errors.ts";
import type { Log } from "../process/log.ts";
import type { CommonAppBringer } from "./business-specs.ts";
import { listVersions } from "./app-versions.ts";
import { type AppReport, appInvalid, changeApp, type ChangeAppDeps, hashOf } from "./changes/change-app.ts";
import { type ProveAppDeps, proveApp } from "./prove-app.ts";
import { readApp } from "./read-app.ts";
import { readAppFolder } from "./read-folder.ts";

export interface CommonApp {
  readonly bundle: unknown;
  readonly hash: string;
}

/**
 * Throws NOT_FOUND if the folder can't be read. Throws APP_INVALID with all faults of the first
 * step that finds faults. The steps are: parse the JSON, check the app, check the query specs.
 */
export async function readCommonApp(deps: ProveAppDeps, folder: string): Promise<CommonApp> {
  const bundle = await readAppFolder(folder);
  const { app, faults } = readApp(bundle, { schema: businessSchema });
  if (faults.length > 0) throw appInvalid(faults);
  const proven = await proveApp(deps, app, { commonTables: [], commonQueryNames: [] });
  if (proven.faults.length > 0) throw appInvalid(proven.faults);
  return { bundle, hash: hashOf(bundle) };
}

/**
 * Applies the app to one business, even if the business already had this version before. Throws the errors of
 * `changeApp`.
 */
export const applyCommonApp = (
  deps: ChangeAppDeps,
  actor: string,
  { bundle }: CommonApp,
  options: { readonly businessId: string; readonly allowLoss: boolean; readonly isDryRun: boolean },
): Promise<AppReport> =>
  changeApp(deps, actor, { ...options, source: "common", bundle: async () => ({ bundle }) });

/**
 * Applies the app if it is not yet among the stored versions of the business. If it is among them, the business keeps
 * its newest version. So a process that runs with an older folder doesn't replace a newer version of the app.
 */
const bringCommonApp = (deps: ChangeAppDeps, { bundle, hash }: CommonApp, businessId: string) =>
  changeApp(deps, "RONDO_APP", {
    ...{ businessId, source: "common", allowLoss: false, isDryRun: false },
    async bundle(db) {
      const versions = await listVersions(db, "common");
      return { bundle: versions.some((version) => version.hash === hash) ? versions[0]!.bundle : bundle };
    },
  });

const tryAgainMs = 60_000;

/**
 * Returns an object whose method `bring` applies the app to a business. `bring` never throws: if an attempt fails, the
 * failure is logged and the business keeps its former version. There is at most one attempt per business and minute.
 * Further calls within the minute do nothing and return at once, even while the attempt is still running.
 */
export function createCommonAppBringer(
  deps: ChangeAppDeps,
  common: CommonApp,
  log: Pick<Log, "error">,
): CommonAppBringer {
  const settledAtMs = new Map<string, number>();
  return {
    hash: common.hash,
    async bring(businessId) {
      const settled = settledAtMs.get(businessId);
      if (settled !== undefined && performance.now() - settled < tryAgainMs) return;
      settledAtMs.set(businessId, performance.now());
      try {
        await bringCommonApp(deps, common, businessId);
      } catch (err) {
        const faults = isAppError(err) ? err.faults : undefined;
        log.error({ err, businessId, faults }, "the app of RONDO_APP can't be applied to a business");
      }
    },
  };
}
