// Lists and searches the users of a business, newest first. Users who were erased are left out.
import { sql } from "kysely";
import type { OpenDatabases } from "../../businesses/databases/open-databases.ts";
import type { BusinessTables } from "../../businesses/tables/schema.ts";
import { foldEmail } from "../passwords/passwords.ts";
import { AppError, notFound } from "../../errors.ts";

type UserKind = BusinessTables["users"]["kind"];

export interface UserSearch {
  readonly kind?: UserKind | undefined;
  /** The first characters of a user's id (exact case) or e-mail address (any case). */
  readonly text?: string | undefined;
  /** The value of `next` of the previous page. */
  readonly after?: string | undefined;
  readonly limit: number;
}

export interface ListedUser {
  readonly userId: string;
  readonly kind: UserKind;
  /** The e-mail of a member; null for other users. */
  readonly email: string | null;
  readonly createdAt: string;
  /** The number of tracks that are not in the trash. */
  readonly tracks: number;
  readonly openSessions: number;
  /** The account is erased soon after this time. Null if the account is not being deleted. */
  readonly deleteAfter: string | null;
}

export interface UserPage {
  readonly items: readonly ListedUser[];
  /** The value of `after` for the next page. Null if there is no next page. The next page can turn out to be empty. */
  readonly next: string | null;
}

interface UserDeps {
  readonly databases: Pick<OpenDatabases, "use">;
}

/** Throws INVALID_PARAMETER if `after` does not have the form of a `next`. */
export async function listUsers(deps: UserDeps, businessId: string, search: UserSearch): Promise<UserPage> {
  const { kind, text, after, limit } = search;
  const from = after === undefined ? undefined : parseCursor(after);
  const items = await deps.databases.use(businessId, (database) => {
    let found = selectUsers(database)
      .where("u.kind", "!=", "deleted")
      .orderBy("u.createdAt", "desc")
      .orderBy("u.id", "desc")
      .limit(limit);
    if (kind !== undefined) found = found.where("u.kind", "=", kind);
    if (from !== undefined)
      found = found.where(({ eb, refTuple, tuple }) =>
        eb(refTuple("u.createdAt", "u.id"), "<", tuple(from.createdAt, from.id)),
      );
    if (text !== undefined)
      found = found.where((eb) =>
        eb.or([startsWith(eb.ref("u.id"), text), startsWith(eb.ref("l.foldedEmail"), foldEmail(text))]),
      );
    return found.execute();
  });
  const last = items.length === limit ? items.at(-1)! : undefined;
  return { items: items.map(userOf), next: last === undefined ? null : `${last.createdAt}~${last.userId}` };
}

/** Throws NOT_FOUND if the user doesn't exist or was erased. */
export async function getUser(deps: UserDeps, businessId: string, userId: string): Promise<ListedUser> {
  const row = await deps.databases.use(businessId, (database) =>
    selectUsers(database).where("u.id", "=", userId).where("u.kind", "!=", "deleted").executeTakeFirst(),
  );
  if (row === undefined) throw notFound("user");
  return userOf(row);
}

type BusinessDatabase = Parameters<Parameters<OpenDatabases["use"]>[1]>[0];

const selectUsers = ({ kysely }: BusinessDatabase) =>
  kysely
    .selectFrom("users as u")
    .leftJoin("logins as l", "l.userId", "u.id")
    .select(["u.id as userId", "u.kind", "l.email", "u.createdAt", "u.deleteAfter"])
    .select((eb) => [
      eb
        .selectFrom("tracks as t")
        .whereRef("t.userId", "=", "u.id")
        .where("t.deletedAt", "is", null)
        .select(eb.fn.countAll().as("n"))
        .as("tracks"),
      eb
        .selectFrom("sessions as s")
        .whereRef("s.userId", "=", "u.id")
        .where("s.revokedAt", "is", null)
        .where("s.expiresAt", ">", new Date().toISOString())
        .select(eb.fn.countAll().as("n"))
        .as("openSessions"),
    ]);

const userOf = (
  row: Omit<ListedUser, "tracks" | "openSessions"> & {
    readonly tracks: unknown;
    readonly openSessions: unknown;
  },
): ListedUser => ({ ...row, tracks: Number(row.tracks), openSessions: Number(row.openSessions) });

const startsWith = (column: Parameters<typeof sql>[1], text: string) =>
  sql<boolean>`substr(${column}, 1, ${sql.lit([...text].length)}) = ${text}`;

function parseCursor(after: string): { readonly createdAt: string; readonly id: string } {
  const [, createdAt, id] = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)~(.+)$/.exec(after) ?? [];
  if (createdAt !== undefined && id !== undefined) return { createdAt, id };
  throw new AppError("INVALID_PARAMETER", "Some parameters of the request are invalid.", {
    faults: [{ at: "after", message: 'Use the value of "next" from the previous page.' }],
  });
}
