// Restores a project, a track or a version from the trash. If the track or the project that
// contains this thing is in the trash, restores that track or project, too.
import type { UserCaller } from "../../accounts/caller.ts";
import type { OpenDatabases } from "../../businesses/databases/open-databases.ts";
import { getThing, type ThingRef } from "./thing.ts";

export interface Restored extends ThingRef {
  readonly projectCount: number;
  readonly trackCount: number;
  readonly versionCount: number;
}

/**
 * Restores the thing and everything that was deleted together with it. A thing in a deleted project or
 * track would still be invisible, so a deleted project or track that contains the thing is restored,
 * too. If nothing of this is in the trash, nothing changes and all counts are 0. Throws NOT_FOUND if
 * the thing is missing or purged, or belongs to another user.
 */
export function restoreThing(
  deps: { readonly databases: OpenDatabases },
  caller: UserCaller,
  ref: ThingRef,
): Promise<Restored> {
  return deps.databases.use(caller.businessId, (database) =>
    // The business is marked as due for the sweep of tiers, because that sweep uploads the sound of a restored version
    // if it isn't in the object store yet.
    database.promising(["tiers"], async (trx) => {
      const thing = await getThing(trx, caller.userId, ref);
      const acts = new Set([
        ...(thing.deletionId === null ? [] : [thing.deletionId]),
        ...thing.deletionIdsAbove,
      ]);
      const counts = { projects: 0, tracks: 0, versions: 0 };
      for (const table of ["projects", "tracks", "versions"] as const) {
        for (const deletionId of acts) {
          const { numUpdatedRows } = await trx
            .updateTable(table)
            .set({ deletedAt: null, deletionId: null })
            .where("deletionId", "=", deletionId)
            .executeTakeFirst();
          counts[table] += Number(numUpdatedRows);
        }
      }
      if (acts.size > 0)
        await trx
          .deleteFrom("deletions")
          .where("id", "in", [...acts])
          .execute();
      const { projects: projectCount, tracks: trackCount, versions: versionCount } = counts;
      return { ...ref, projectCount, trackCount, versionCount };
    }),
  );
}
