// From a request's credential to its caller. A credential that is shown and wrong is refused, never ignored.
import { LRUCache } from "lru-cache";
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

/** A credential's caller is remembered for so long: what is revoked ends everywhere within it. */
const rememberedMs = 5_000;

interface Remembered {
  readonly caller: Caller;
  readonly untilMs: number;
}

/**
 * Gives undefined where no credential is shown; throws UNAUTHENTICATED where a bearer is shown that
 * opens nothing. At once, without a promise, for one that was seen a moment ago.
 */
export function createAuthenticator(
  deps: AuthenticateDeps,
): (credential: Credential) => Caller | undefined | Promise<Caller | undefined> {
  const verifyToken = createTokenVerifier(deps.registry);
  const verifySession = createSessionVerifier(deps);
  const remembered = new LRUCache<string, Remembered>({ max: 10_000 });

  return ({ authorization, session }) => {
    if (authorization === undefined) {
      // A cookie outlives the session it names: it counts as none, so that the page can begin anew.
      return session === undefined ? undefined : verifySession(session);
    }
    const known = remembered.get(authorization);
    return known !== undefined && known.untilMs > Date.now() ? known.caller : find(authorization);
  };

  async function find(authorization: string): Promise<Caller> {
    const bearer = /^bearer +(\S+)$/i.exec(authorization)?.[1] ?? "";
    const found = await callerOf(bearer);
    if (!found) throw badCredential();
    const untilMs = Math.min(Date.now() + rememberedMs, found.expiresAtMs ?? Number.POSITIVE_INFINITY);
    remembered.set(authorization, { caller: found.caller, untilMs });
    return found.caller;
  }

  async function callerOf(
    bearer: string,
  ): Promise<{ readonly caller: Caller; readonly expiresAtMs?: number } | undefined> {
    if (bearer.startsWith(keyPrefix)) {
      const holder = await deps.keys.find(bearer);
      const business = holder && (await deps.registry.findById(holder.businessId));
      return business && { caller: { kind: "business", businessId: business.id, keyId: holder.keyId } };
    }
    if (bearer.includes(".")) return verifyToken(bearer);
    return bearer !== "" && deps.operatorKey.matches(bearer) ? { caller: { kind: "operator" } } : undefined;
  }
}

const badCredential = () =>
  new AppError("UNAUTHENTICATED", "This credential isn't valid, or no longer.", {
    hint: "Send `Authorization: Bearer` with a user token, a business key or the operator key.",
  });
