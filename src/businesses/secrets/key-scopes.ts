// Defines the scopes of a business key: each one opens a group of routes.
import { AppError } from "../../errors.ts";

/** tokens: issue tokens for users. queries: the business-wide queries, also by MCP. streams: the business's own streams. webhooks: webhook endpoints and deliveries. usage: usage and quotas. users: users and their generations. */
export const keyScopes = ["tokens", "queries", "streams", "webhooks", "usage", "users"] as const;
export type KeyScope = (typeof keyScopes)[number];

/** Throws FORBIDDEN for a key that was limited to other uses. */
export function requireScope(
  { scopes }: { readonly scopes?: readonly KeyScope[] | undefined },
  scope: KeyScope,
): void {
  if (scopes === undefined || scopes.includes(scope)) return;
  throw new AppError("FORBIDDEN", "This business key is limited to other uses.", {
    hint: `Use a key with the scope "${scope}".`,
  });
}
