// Creates guests. A guest is a user who has neither an e-mail address nor a password. As a guest, a person can make
// music before signing up.
import { v7 as uuidv7 } from "uuid";
import type { Business } from "../../businesses/business.ts";
import type { OpenDatabases } from "../../businesses/databases/open-databases.ts";
import type { BusinessRegistry } from "../../businesses/registry.ts";
import { AppError, notFound } from "../../errors.ts";
import { type Credential, sessionIdOf } from "../authenticate.ts";
import type { Caller } from "../caller.ts";
import { newSession, type Sessions } from "../sessions/sessions.ts";
import type { SignedIn } from "./sign-up.ts";
import { mintToken, sessionTokenSeconds, type UserToken } from "../tokens.ts";

export interface CreateGuestDeps {
  readonly registry: BusinessRegistry;
  readonly databases: OpenDatabases;
}

interface GuestInput {
  readonly business: string;
  /** The browser and operating system of the person. */
  readonly device?: string | null;
}

/** Each call creates another guest. Throws NOT_FOUND if the business doesn't exist. */
export async function createGuest(deps: CreateGuestDeps, input: GuestInput): Promise<SignedIn> {
  return createIn(deps, await businessOf(deps, input.business), input.device);
}

export interface EnteredAsGuest {
  readonly isNew: boolean;
  /**
   * The session of the user. `cookie` is the value of the session cookie that the response sets. If
   * a user of this business sent a token, `cookie` is undefined, and the response sets no cookie.
   */
  readonly session: { readonly cookie: string | undefined; readonly expiresAt: string };
  readonly token: UserToken;
}

/**
 * If the caller is a user of this business, creates no guest: returns the session of the caller's credential and a new
 * token of this session. In all other cases, and if the session has just ended, creates a guest.
 * Errors: NOT_FOUND (the business); CONFLICT, if the caller sent a token that the business issued with its key, because
 * such a token has no session.
 */
export async function enterAsGuest(
  deps: CreateGuestDeps & { readonly sessions: Sessions },
  caller: Caller | undefined,
  credential: Credential,
  input: GuestInput,
): Promise<EnteredAsGuest> {
  const business = await businessOf(deps, input.business);
  if (caller?.kind !== "user" || caller.businessId !== business.id)
    return { isNew: true, ...(await createIn(deps, business, input.device)) };
  const sessionId = sessionIdOf(credential);
  if (sessionId === undefined) throw userAlready();
  const { value: session } = await deps.sessions.find(business.id, sessionId);
  // The session ended during this request.
  if (session === undefined) return { isNew: true, ...(await createIn(deps, business, input.device)) };
  const token = await mintToken(business, session.userId, sessionTokenSeconds, { sessionId });
  return { isNew: false, session: { cookie: credential.session, expiresAt: session.expiresAt }, token };
}

async function businessOf({ registry }: Pick<CreateGuestDeps, "registry">, slug: string): Promise<Business> {
  const business = await registry.findBySlug(slug);
  if (!business) throw notFound("business");
  return business;
}

async function createIn(
  { databases }: Pick<CreateGuestDeps, "databases">,
  business: Business,
  device: string | null = null,
): Promise<SignedIn> {
  const userId = uuidv7();
  const session = newSession(business.slug, device);
  const createdAt = new Date().toISOString();
  await databases.use(business.id, (database) =>
    database.transaction(async (trx) => {
      await trx.insertInto("users").values({ id: userId, kind: "guest", createdAt }).execute();
      await trx.insertInto("sessions").values(session.rowOf(userId, createdAt)).execute();
    }),
  );
  const token = await mintToken(business, userId, sessionTokenSeconds, { sessionId: session.id });
  return { session, token };
}

const userAlready = () =>
  new AppError("CONFLICT", "This token already names a user of the business.", {
    hint: "Use this token, or ask for a guest without it.",
  });
