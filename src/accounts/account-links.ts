// Makes links that a member opens once within 30 minutes. Only the hash of a link's secret is stored.
import { randomBytes } from "node:crypto";
import type { Kysely } from "kysely";
import type { AccountLinkPurpose, BusinessTables } from "../businesses/tables/schema.ts";
import { hashOf } from "../businesses/secrets/keys.ts";
import { AppError } from "../errors.ts";

const lifetimeMs = 30 * 60_000;

export interface AccountLink {
  /** The business's slug, a dot, the secret. */
  readonly token: string;
  readonly expiresAt: string;
}

interface LinkSubject {
  readonly userId: string;
  readonly purpose: AccountLinkPurpose;
  readonly email: string;
}

/** Earlier links of the user stay valid, because an earlier mail may arrive later. Expired ones are deleted. */
export async function createAccountLink(
  db: Kysely<BusinessTables>,
  slug: string,
  subject: LinkSubject,
): Promise<AccountLink> {
  const secret = randomBytes(32).toString("base64url");
  const nowMs = Date.now();
  const createdAt = new Date(nowMs).toISOString();
  const expiresAt = new Date(nowMs + lifetimeMs).toISOString();
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

/** The slug of the business in a link's token. */
export const slugOfAccountLink = (token: string): string => token.slice(0, Math.max(0, token.indexOf(".")));

/** Uses a link up. The error is GONE for a link that expired, was used, or never existed. */
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
  if (!taken) throw linkEnded();
  return taken;
}

/** Ends all links of a user. */
export const endAccountLinks = (trx: Kysely<BusinessTables>, userId: string): Promise<unknown> =>
  trx.deleteFrom("rondoAccountLinks").where("userId", "=", userId).execute();

export const linkEnded = () =>
  new AppError("GONE", "This link was used already, or it is older than 30 minutes.", {
    hint: "Ask for a new link.",
    isWrongCredential: true,
  });
