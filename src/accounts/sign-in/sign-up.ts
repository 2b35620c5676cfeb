// Turns a guest into a member with an e-mail and a password. The member keeps the id and the music of the guest. If the
// caller is not a user of the business, a new member is created.
import type { Transaction } from "kysely";
import { v7 as uuidv7 } from "uuid";
import type { OpenDatabases } from "../../businesses/databases/open-databases.ts";
import type { BusinessRegistry } from "../../businesses/registry.ts";
import type { BusinessTables } from "../../businesses/tables/schema.ts";
import { AppError, isAppError, notFound } from "../../errors.ts";
import type { MailLanguage } from "../../jobs/mail-job.ts";
import type { Caller } from "../caller.ts";
import { mailSweep, requestMail } from "../mail/request-mail.ts";
import { foldEmail, normalPassword, type PasswordHasher } from "../passwords/passwords.ts";
import { newSession, revokeSessions, type Session, type Sessions } from "../sessions/sessions.ts";
import { mintToken, sessionTokenSeconds, type UserToken } from "../tokens.ts";

export interface SignUpDeps {
  readonly registry: BusinessRegistry;
  readonly databases: OpenDatabases;
  readonly sessions: Sessions;
  readonly passwords: PasswordHasher;
}

export interface SignUpInput {
  readonly business: string;
  readonly email: string;
  readonly password: string;
  /** The browser and operating system of the person. */
  readonly device?: string | null;
  /** The language of the mail that verifies the address. Undefined means that no mail is sent. */
  readonly mailLanguage?: MailLanguage | undefined;
}

export interface SignedIn {
  readonly session: Session;
  readonly token: UserToken;
}

/**
 * Opens a new session, and ends the earlier sessions of the guest. Throws NOT_FOUND if the business doesn't exist.
 * Throws CONFLICT if the e-mail is already used, or if the caller is a user of the business but not a guest.
 */
export async function signUp(
  deps: SignUpDeps,
  caller: Caller | undefined,
  { business: slug, email, password, device = null, mailLanguage }: SignUpInput,
): Promise<SignedIn> {
  const business = await deps.registry.findBySlug(slug);
  if (!business) throw notFound("business");
  // A user of another business is ignored, because that user has no music in this business.
  const callerId = caller?.kind === "user" && caller.businessId === business.id ? caller.userId : undefined;
  const passwordHash = await deps.passwords.hash(normalPassword(password));
  const session = newSession(business.slug, device);
  const createdAt = new Date().toISOString();
  const { userId, endedIds } = await deps.databases.use(business.id, (database) =>
    database.promising(mailSweep, async (trx) => {
      const id = await becomeMember(trx, callerId, createdAt);
      await trx
        .insertInto("logins")
        .values({
          ...{ userId: id, email: email.trim(), foldedEmail: foldEmail(email), passwordHash, createdAt },
          ...{ emailVerifiedAt: null, newEmail: null },
        })
        .execute()
        .catch((err: unknown) => {
          throw isAppError(err, "CONFLICT") ? emailTaken(err) : err;
        });
      const ended = await revokeSessions(trx, id, createdAt);
      await trx.insertInto("sessions").values(session.rowOf(id, createdAt)).execute();
      if (mailLanguage !== undefined)
        await requestMail(trx, {
          ...{ businessId: business.id, userId: id, language: mailLanguage },
          kinds: ["verify-email"],
        });
      return { userId: id, endedIds: ended };
    }),
  );
  deps.sessions.forget(business.id, { ids: endedIds, userId });
  const token = await mintToken(business, userId, sessionTokenSeconds, { sessionId: session.id });
  return { session, token };
}

/** Makes the guest a member, or creates a new member. Returns the member's id. */
async function becomeMember(
  trx: Transaction<BusinessTables>,
  callerId: string | undefined,
  createdAt: string,
): Promise<string> {
  if (callerId === undefined) {
    const id = uuidv7();
    await trx.insertInto("users").values({ id, kind: "member", createdAt }).execute();
    return id;
  }
  const { numUpdatedRows } = await trx
    .updateTable("users")
    .set({ kind: "member" })
    .where("id", "=", callerId)
    .where("kind", "=", "guest")
    .executeTakeFirstOrThrow();
  if (numUpdatedRows === 0n) throw signedUpAlready();
  return callerId;
}

const signedUpAlready = () =>
  new AppError("CONFLICT", "The signed-in user is not a guest.", { hint: "Sign out first." });

export const emailTaken = (cause: unknown) =>
  new AppError("CONFLICT", "An account with this e-mail exists already.", {
    hint: "Sign in instead.",
    cause,
  });
