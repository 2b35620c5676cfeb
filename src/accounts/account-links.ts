// Creates links that a person can open one time, within a time limit. Only the hash of a link's
// secret is stored.
import { randomBytes } from "node:crypto";
import type { Kysely } from "kysely";
import type { AccountLinkPurpose, BusinessTables } from "../businesses/tables/schema.ts";
import { hashOf } from "../businesses/secrets/keys.ts";
import { AppError } from "../errors.ts";

/**
 * How long a link is valid. A person often opens a mailed link only after some minutes. A redirect
 * opens the link of a sign-in immediately.
 */
const lifetimesMs: Readonly<Record<AccountLinkPurpose, number>> = {
  "reset-password": 30 * 60_000,
  "verify-email": 30 * 60_000,
  "sign-in": 2 * 60_000,
};

export interface AccountLink {
  /** The business's slug, a dot and the secret. */
  readonly token: string;
  readonly expiresAt: string;
}

interface LinkSubject {
  readonly userId: string;
  readonly purpose: AccountLinkPurpose;
  /** Empty for a user without an e-mail. */
  readonly email: string;
}

/**
 * Creates a link. Earlier links of the user stay valid, because the mail with an earlier link can
 * arrive after the mail with this link. Expired links of the user are deleted.
 */
export async function createAccountLink(
  db: Kysely<BusinessTables>,
  slug: string,
  subject: LinkSubject,
): Promise<AccountLink> {
  const secret = randomBytes(32).toString("base64url");
  const nowMs = Date.now();
  const createdAt = new Date(nowMs).toISOString();
  const expiresAt = new Date(nowMs + lifetimesMs[subject.purpose]).toISOString();
  await db
    .deleteFrom("rondoAccountLinks")
    .where("userId", "=", subject.userId)
    .where("expiresAt", "<=", createdAt)
    .execute();
  await db
    .insertInto("rondoAccountLinks")
    .values({ id: hashOf(secret), ...subject, createdAt, expiresAt })
    .execute();
  return { token: `${slug}.${secret}`, expiresAt };
}

/** Returns the slug that the token of a link contains; empty if the token contains no dot. */
export const slugOfAccountLink = (token: string): string => token.slice(0, Math.max(0, token.indexOf(".")));

/**
 * Uses up a link and returns its user. If `trx` is rolled back, the link stays valid. Throws GONE if
 * the link has expired, was already used, never existed, or has another purpose. A link with another
 * purpose is not used up.
 */
export async function takeAccountLink(
  trx: Kysely<BusinessTables>,
  token: string,
  purpose: AccountLinkPurpose,
): Promise<Pick<LinkSubject, "userId" | "email">> {
  const taken = await trx
    .deleteFrom("rondoAccountLinks")
    .where("id", "=", hashOf(token.slice(token.indexOf(".") + 1)))
    .where("purpose", "=", purpose)
    .where("expiresAt", ">", new Date().toISOString())
    .returning(["userId", "email"])
    .executeTakeFirst();
  if (!taken) throw linkEnded(purpose);
  return taken;
}

/** Deletes all links of a user. */
export const endAccountLinks = (trx: Kysely<BusinessTables>, userId: string): Promise<unknown> =>
  trx.deleteFrom("rondoAccountLinks").where("userId", "=", userId).execute();

export const linkEnded = (purpose: AccountLinkPurpose) =>
  new AppError(
    "GONE",
    `This link was used already, or it is older than ${lifetimesMs[purpose] / 60_000} minutes.`,
    {
      hint: "Ask for a new link.",
      isWrongCredential: true,
    },
  );
