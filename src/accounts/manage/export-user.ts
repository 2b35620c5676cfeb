// Exports what the database of a business stores about one user, as JSON: the login, the sessions, the account links,
// the usage, and the user's rows of every table with an owner. Not included are:
// - the sound,
// - secrets: the hashes of the password and of links, and the ids of sessions,
// - records that only Rondo itself needs: the answers to repeated writes (which are deleted after a day), the hashed
//   addresses of guests, the calls to generators, and the events for webhooks.
import { ownTablesOf } from "../../apps/app-versions.ts";
import type { OpenDatabases } from "../../businesses/databases/open-databases.ts";
import {
  type AccountLinkPurpose,
  businessSchema,
  type BusinessTables,
} from "../../businesses/tables/schema.ts";
import { notFound } from "../../errors.ts";

export interface UserExport {
  readonly format: "rondo-user";
  readonly version: 1;
  readonly exportedAt: string;
  readonly userId: string;
  /** The e-mail address of a member. This field and the next three are null for other users. */
  readonly email: string | null;
  /** The time at which a link that was mailed to `email` was opened; null: not verified. */
  readonly emailVerifiedAt: string | null;
  /** The address to which the member wants to change. As soon as this address is verified, it replaces `email`. */
  readonly newEmail: string | null;
  readonly signedUpAt: string | null;
  /** The links that were made for the user and that nobody has opened. The secrets of the links are left out. */
  readonly accountLinks: readonly {
    readonly purpose: AccountLinkPurpose;
    readonly email: string;
    readonly createdAt: string;
    readonly expiresAt: string;
  }[];
  readonly sessions: readonly {
    readonly createdAt: string;
    readonly expiresAt: string;
    readonly revokedAt: string | null;
    readonly device: string | null;
    readonly lastUsedAt: string | null;
  }[];
  readonly usage: readonly object[];
  /** The user's rows by table, including the rows in tables that the business's apps have added. */
  readonly tables: Readonly<Record<string, readonly object[]>>;
}

/**
 * With `at`, two exports of unchanged data are equal: `exportedAt` is `at`, and `usage` ends with the day before `at`,
 * because the download of an export changes the usage of the current day. Throws NOT_FOUND if the user doesn't exist or
 * is deleted.
 */
export function exportUser(
  { databases }: { readonly databases: Pick<OpenDatabases, "use"> },
  businessId: string,
  userId: string,
  { at }: { readonly at?: string } = {},
): Promise<UserExport> {
  return databases.use(businessId, (database) =>
    database.transaction(async (trx) => {
      const user = await trx.selectFrom("users").select("kind").where("id", "=", userId).executeTakeFirst();
      if (user === undefined || user.kind === "deleted") throw notFound("user");
      const tables: Record<string, readonly object[]> = {};
      for (const { name, owner } of [...ownedTables, ...(await ownTablesOf(trx))])
        tables[name] = await trx
          .selectFrom(name as keyof BusinessTables)
          .selectAll()
          .where(owner as never, "=", userId as never)
          .orderBy("id" as never)
          .execute();
      const login = await trx
        .selectFrom("logins")
        .select(["email", "emailVerifiedAt", "newEmail", "createdAt"])
        .where("userId", "=", userId)
        .executeTakeFirst();
      return {
        format: "rondo-user",
        version: 1,
        exportedAt: at ?? new Date().toISOString(),
        userId,
        email: login?.email ?? null,
        emailVerifiedAt: login?.emailVerifiedAt ?? null,
        newEmail: login?.newEmail ?? null,
        signedUpAt: login?.createdAt ?? null,
        accountLinks: await trx
          .selectFrom("rondoAccountLinks")
          .select(["purpose", "email", "createdAt", "expiresAt"])
          .where("userId", "=", userId)
          .orderBy("createdAt")
          .orderBy("id")
          .execute(),
        sessions: await trx
          .selectFrom("sessions")
          .select(["createdAt", "expiresAt", "revokedAt", "device", "lastUsedAt"])
          .where("userId", "=", userId)
          .orderBy("createdAt")
          .orderBy("id")
          .execute(),
        usage: await trx
          .selectFrom("usageCounts")
          .selectAll()
          .where("userId", "=", userId)
          .$if(at !== undefined, (all) => all.where("day", "<", at!.slice(0, 10)))
          .orderBy("day")
          .execute(),
        tables,
      };
    }),
  );
}

const ownedTables = Object.entries(businessSchema).flatMap(([name, { access }]) =>
  access === "internal" ? [] : [{ name, owner: access.owner }],
);
