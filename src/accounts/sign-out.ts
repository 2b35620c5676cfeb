// Ends the session of a cookie and the tokens that were issued from it: in this process at once,
// everywhere within five seconds.
import type { BusinessRegistry } from "../businesses/registry.ts";
import { type Sessions, sessionOfCookie } from "./sessions.ts";

/** An ended or unknown session is ignored. */
export async function signOut(
  deps: { readonly registry: BusinessRegistry; readonly sessions: Sessions },
  cookie: string,
): Promise<void> {
  const { slug, id } = sessionOfCookie(cookie);
  const business = await deps.registry.findBySlug(slug);
  if (business) await deps.sessions.end(business.id, id);
}
