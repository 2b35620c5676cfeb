// Ends the session of a cookie, everywhere within five seconds.
import type { OpenDatabases } from "../businesses/open-databases.ts";
import type { BusinessRegistry } from "../businesses/registry.ts";
import { sessionOfCookie } from "./sessions.ts";

/** One that has ended already, or never was: nothing changes. */
export async function signOut(
  deps: { readonly registry: BusinessRegistry; readonly databases: OpenDatabases },
  cookie: string,
): Promise<void> {
  const { slug, id } = sessionOfCookie(cookie);
  const business = await deps.registry.findBySlug(slug);
  if (!business) return;
  await deps.databases.use(business.id, ({ kysely }) =>
    kysely
      .updateTable("sessions")
      .set({ revokedAt: new Date().toISOString() })
      .where("id", "=", id)
      .where("revokedAt", "is", null)
      .execute(),
  );
}
