// Ends the session of a cookie and the tokens that were issued from it: immediately in this process, and within five
// seconds in other processes.
import type { BusinessRegistry } from "../../businesses/registry.ts";
import { type Sessions, sessionOfCookie } from "../sessions/sessions.ts";

/**
 * Does nothing in these cases: the session doesn't exist or has ended, the cookie is invalid, or the business is
 * missing or not active. So this function can't end sessions of a suspended business.
 */
export async function signOut(
  deps: { readonly registry: BusinessRegistry; readonly sessions: Sessions },
  cookie: string,
): Promise<void> {
  const { slug, id } = sessionOfCookie(cookie);
  const business = await deps.registry.findBySlug(slug);
  if (business) await deps.sessions.end(business.id, id);
}
