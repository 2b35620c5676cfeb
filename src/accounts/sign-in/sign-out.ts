// Ends the session of a cookie and the tokens that were issued from it: immediately in this process, and within five
// seconds in other processes.
import type { BusinessRegistry } from "../../businesses/registry.ts";
import { type Sessions, sessionOfCookie } from "../sessions/sessions.ts";

/**
 * Ends the session even if its business is suspended. Otherwise the session would be valid again when the business is
 * active again. Does nothing if the session has already ended or doesn't exist, if the cookie is invalid, or if the
 * business is missing or being deleted.
 */
export async function signOut(
  deps: { readonly registry: BusinessRegistry; readonly sessions: Sessions },
  cookie: string,
): Promise<void> {
  const { slug, id } = sessionOfCookie(cookie);
  if (slug === "") return;
  const { registry } = deps;
  const business = (await registry.findBySlug(slug)) ?? (await registry.findPresentBySlug(slug));
  if (business) await deps.sessions.end(business.id, id);
}
