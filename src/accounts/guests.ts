// A guest: a user made without asking anything, so that the first sound needs no form.
import { v7 as uuidv7 } from "uuid";
import type { OpenDatabases } from "../businesses/open-databases.ts";
import type { BusinessRegistry } from "../businesses/registry.ts";
import { notFound } from "../errors.ts";
import { newSession } from "./sessions.ts";
import type { SignedIn } from "./sign-up.ts";
import { mintToken, sessionTokenSeconds } from "./tokens.ts";

export interface CreateGuestDeps {
  readonly registry: BusinessRegistry;
  readonly databases: OpenDatabases;
}

/** No such business: NOT_FOUND. */
export async function createGuest(
  deps: CreateGuestDeps,
  input: { readonly business: string },
): Promise<SignedIn> {
  const business = await deps.registry.findBySlug(input.business);
  if (!business) throw notFound("business");
  const userId = uuidv7();
  const session = newSession(business.slug);
  const createdAt = new Date().toISOString();
  await deps.databases.use(business.id, (database) =>
    database.transaction(async (trx) => {
      await trx.insertInto("users").values({ id: userId, kind: "guest", createdAt }).execute();
      await trx.insertInto("sessions").values(session.rowOf(userId, createdAt)).execute();
    }),
  );
  return { session, token: await mintToken(business, userId, sessionTokenSeconds) };
}
