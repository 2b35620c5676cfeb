// From a request's credential to its caller. A credential that is shown and wrong is refused, never ignored.
import type { BusinessKeys } from "../businesses/keys.ts";
import { keyPrefix } from "../businesses/keys.ts";
import type { OpenDatabases } from "../businesses/open-databases.ts";
import type { OperatorKey } from "../businesses/operator-key.ts";
import type { BusinessRegistry } from "../businesses/registry.ts";
import { AppError } from "../errors.ts";
import type { Caller } from "./caller.ts";
import { createSessionVerifier } from "./sessions.ts";
import { createTokenVerifier } from "./tokens.ts";

export interface Credential {
  /** The Authorization header. */
  readonly authorization: string | undefined;
  /** The session cookie's value. */
  readonly session: string | undefined;
}

export interface AuthenticateDeps {
  readonly registry: BusinessRegistry;
  readonly databases: OpenDatabases;
  readonly keys: BusinessKeys;
  readonly operatorKey: OperatorKey;
}

/** Gives undefined where no credential is shown; throws UNAUTHENTICATED where a bearer is shown that opens nothing. */
export function createAuthenticator(
  deps: AuthenticateDeps,
): (credential: Credential) => Promise<Caller | undefined> {
  const verifyToken = createTokenVerifier(deps.registry);
  const verifySession = createSessionVerifier(deps);

  return async ({ authorization, session }) => {
    if (authorization !== undefined) {
      const bearer = /^bearer +(\S+)$/i.exec(authorization)?.[1] ?? "";
      const caller = await callerOf(bearer);
      if (!caller) throw badCredential();
      return caller;
    }
    // A cookie outlives the session it names: it counts as none, so that the page can begin anew.
    return session === undefined ? undefined : verifySession(session);
  };

  async function callerOf(bearer: string): Promise<Caller | undefined> {
    if (bearer.startsWith(keyPrefix)) {
      const holder = await deps.keys.find(bearer);
      const business = holder && (await deps.registry.findById(holder.businessId));
      return business && { kind: "business", businessId: business.id, keyId: holder.keyId };
    }
    if (bearer.includes(".")) return verifyToken(bearer);
    return bearer !== "" && deps.operatorKey.matches(bearer) ? { kind: "operator" } : undefined;
  }
}

const badCredential = () =>
  new AppError("UNAUTHENTICATED", "This credential isn't valid, or no longer.", {
    hint: "Send `Authorization: Bearer` with a user token, a business key or the operator key.",
  });
