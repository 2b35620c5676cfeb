// Creates and ends share links to tracks and projects. Everyone who has a link can open it until
// the owner ends the link. A link doesn't work while its track or project is in the trash, or
// while the owner's account is closed.
import { randomBytes } from "node:crypto";
import { v7 as uuidv7 } from "uuid";
import type { UserCaller } from "../accounts/caller.ts";
import type { BusinessDatabase, OpenDatabases } from "../businesses/databases/open-databases.ts";
import { notFound } from "../errors.ts";

export interface SharesDeps {
  readonly databases: OpenDatabases;
}

/** A track or a project that can be shared. */
export interface Shareable {
  readonly kind: "track" | "project";
  readonly id: string;
}

const tokenBytes = 16;
const columnOf = { track: "trackId", project: "projectId" } as const;
const tableOf = { track: "tracks", project: "projects" } as const;

/**
 * Returns the token of the link. Returns undefined if there is no link. Throws NOT_FOUND if the
 * track or project is missing, deleted or belongs to another user.
 */
export function readShare(
  { databases }: SharesDeps,
  caller: UserCaller,
  thing: Shareable,
): Promise<string | undefined> {
  return databases.use(caller.businessId, async (database) => {
    await requireOwned(database, caller, thing);
    return findToken(database, caller, thing);
  });
}

/**
 * Returns the token of the link. If there is no link, creates it. Concurrent calls return the same token. A link that
 * was ended never works again: the next link has a new token. Throws NOT_FOUND if the track or project is missing,
 * deleted or belongs to another user.
 */
export function share({ databases }: SharesDeps, caller: UserCaller, thing: Shareable): Promise<string> {
  return databases.use(caller.businessId, async (database) => {
    await requireOwned(database, caller, thing);
    await database.kysely
      .insertInto("shares")
      .values({
        id: uuidv7(),
        userId: caller.userId,
        trackId: null,
        projectId: null,
        [columnOf[thing.kind]]: thing.id,
        token: randomBytes(tokenBytes).toString("base64url"),
        createdAt: new Date().toISOString(),
      })
      .onConflict((conflict) => conflict.column(columnOf[thing.kind]).doNothing())
      .execute();
    const token = await findToken(database, caller, thing);
    if (token === undefined) throw notFound(thing.kind);
    return token;
  });
}

/**
 * Ends the link, if there is one. Throws NOT_FOUND if the track or project is missing, deleted or belongs to another
 * user.
 */
export function endShare(
  { databases }: SharesDeps,
  caller: UserCaller,
  thing: Shareable,
): Promise<undefined> {
  return databases.use(caller.businessId, async (database) => {
    await requireOwned(database, caller, thing);
    await database.kysely
      .deleteFrom("shares")
      .where(columnOf[thing.kind], "=", thing.id)
      .where("userId", "=", caller.userId)
      .execute();
    return undefined;
  });
}

async function findToken(
  { kysely }: BusinessDatabase,
  caller: UserCaller,
  { kind, id }: Shareable,
): Promise<string | undefined> {
  const row = await kysely
    .selectFrom("shares")
    .select("token")
    .where(columnOf[kind], "=", id)
    .where("userId", "=", caller.userId)
    .executeTakeFirst();
  return row?.token;
}

async function requireOwned(
  { kysely }: BusinessDatabase,
  caller: UserCaller,
  { kind, id }: Shareable,
): Promise<void> {
  const row = await kysely
    .selectFrom(tableOf[kind])
    .select("id")
    .where("id", "=", id)
    .where("userId", "=", caller.userId)
    .where("deletedAt", "is", null)
    .executeTakeFirst();
  if (!row) throw notFound(kind);
}
