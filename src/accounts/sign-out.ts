// Ends the session of a cookie and the tokens that were issued from it: here at once, everywhere within five seconds.
import type { BusinessRegistry } from "../businesses/registry.ts";
import { type Sessions, sessionOfCookie } from "./sessions.ts";

/** One that has ended already, or never was: nothing changes. */
export async function signOut(
  deps: { readonly registry: BusinessRegistry; readonly sessions: Sessions },
  cookie: string,
): Promise<void> {
  const { slug, id } = sessionOfCookie(cookie);
  const business = await deps.registry.findBySlug(slug);
  if (business) await deps.sessions.end(business.id, id);
}
