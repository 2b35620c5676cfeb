// Defines the scopes of a business key. Each scope allows a group of routes.
import { AppError } from "../../errors.ts";

/**
 * tokens: issue tokens for users. queries: run the business-wide queries, also by MCP. streams: use
 * the business's own streams. webhooks: manage webhook endpoints and deliveries. usage: read usage,
 * quotas and the list of generators. users: manage users and their generations.
 */
export const keyScopes = ["tokens", "queries", "streams", "webhooks", "usage", "users"] as const;
export type KeyScope = (typeof keyScopes)[number];

/**
 * Throws FORBIDDEN if the key's scopes don't include `scope`. If `scopes` is undefined, the key has
 * all scopes.
 */
export function requireScope(
  { scopes }: { readonly scopes?: readonly KeyScope[] | undefined },
  scope: KeyScope,
): void {
  if (scopes === undefined || scopes.includes(scope)) return;
  throw new AppError("FORBIDDEN", "This business key is limited to other uses.", {
    hint: `Use a key with the scope "${scope}".`,
  });
}
