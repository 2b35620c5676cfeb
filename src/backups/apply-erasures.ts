// Repeats the recorded erasures of users and businesses after a restore, because the restore may have brought back
// erased rows, streams and objects.
import { findErasedUsers, removeUsers } from "../archives/remove-erased-users.ts";
import { type EraseBusinessDeps, eraseBusiness } from "../businesses/lifecycle/erase-business.ts";
import { listErasedUsers } from "../businesses/lifecycle/erased-users.ts";
import type { BusinessDatabase, OpenDatabases } from "../businesses/databases/open-databases.ts";
import { audioObjectKey } from "../library/tiers/object-keys.ts";
import type { ChunkStore } from "../ports/chunk-store/chunk-store.ts";
import type { ObjectStore } from "../ports/object-store/object-store.ts";
import { audioKey, eventsKey } from "../streams/stream-keys.ts";
import { unlessGone } from "../streams/unless-gone.ts";

export interface ApplyErasuresDeps extends EraseBusinessDeps {
  readonly databases: OpenDatabases;
  readonly chunkStore: Pick<ChunkStore, "list" | "deleteBusiness" | "delete">;
  readonly objects: Pick<ObjectStore, "list" | "delete"> | undefined;
}

export interface AppliedErasures {
  readonly users: number;
  readonly businesses: number;
}

const noSignal = new AbortController().signal;

/**
 * The database of a business is opened only if one of its users was erased. The call can be repeated after any failure.
 * The receipt of the first erasure of a business stays valid.
 */
export async function applyErasures(deps: ApplyErasuresDeps): Promise<AppliedErasures> {
  const { control } = deps;
  const rows = await control.kysely.selectFrom("businesses").selectAll().orderBy("id").execute();
  const erasures = await control.kysely.selectFrom("erasures").select("businessId").execute();
  const erased = new Set(erasures.map(({ businessId }) => businessId));
  const applied = { users: 0, businesses: 0 };
  for (const row of rows) {
    if (!erased.has(row.id)) {
      applied.users += await eraseUsers(deps, row.id, row.originId ?? row.id);
      continue;
    }
    await control.kysely
      .updateTable("businesses")
      .set({ state: "erasing" })
      .where("id", "=", row.id)
      .execute();
    await eraseBusiness(deps, row, noSignal);
    applied.businesses += 1;
  }
  return applied;
}

async function eraseUsers(deps: ApplyErasuresDeps, businessId: string, originId: string): Promise<number> {
  const erased = await listErasedUsers(deps.control, originId);
  if (erased.size === 0) return 0;
  return deps.databases.use(businessId, async (database) => {
    const back = await findErasedUsers(database, originId, erased);
    for (const id of back) await eraseSound(deps, database, businessId, id);
    await removeUsers(database, back);
    return back.length;
  });
}

/**
 * Erases the sound of a user. The caller must delete the user's rows only afterwards, because the rows name the sound.
 * If the process crashes in between, the next call finds the remaining sound by these rows.
 */
async function eraseSound(
  { chunkStore, objects }: ApplyErasuresDeps,
  { kysely }: BusinessDatabase,
  businessId: string,
  userId: string,
): Promise<void> {
  const versions = await kysely.selectFrom("versions").select("id").where("userId", "=", userId).execute();
  const generations = await kysely
    .selectFrom("generations")
    .select("id")
    .where("userId", "=", userId)
    .execute();
  for (const { id } of versions) {
    await unlessGone(chunkStore.delete(audioKey(businessId, id)));
    await objects?.delete(audioObjectKey(businessId, id));
  }
  for (const { id } of generations) await unlessGone(chunkStore.delete(eventsKey(businessId, id)));
}
