// Finds the caller of a request by the request's credential. An invalid Authorization header is
// refused. An invalid cookie is treated as no credential. If a request has both, only the header
// counts.
import { LRUCache } from "lru-cache";
import { type Fact, isFresh } from "../businesses/fresh-facts.ts";
import type { BusinessKeys } from "../businesses/secrets/keys.ts";
import { keyPrefix } from "../businesses/secrets/keys.ts";
import type { OperatorKey } from "../businesses/secrets/operator-key.ts";
import type { BusinessRegistry } from "../businesses/registry.ts";
import { AppError } from "../errors.ts";
import type { Caller } from "./caller.ts";
import { type Sessions, sessionOfCookie } from "./sessions/sessions.ts";
import { createTokenVerifier, sessionOfToken } from "./tokens.ts";

export interface Credential {
  /** The Authorization header. */
  readonly authorization: string | undefined;
  /** The value of the session cookie. */
  readonly session: string | undefined;
}

export interface AuthenticateDeps {
  readonly registry: BusinessRegistry;
  readonly sessions: Sessions;
  readonly keys: BusinessKeys;
  readonly operatorKey: OperatorKey;
}

/**
 * The result of a check of a credential: the caller, and the cached facts on which the result depends, such as an open
 * session. The proof ends at `expiresAtMs`. It ends earlier if one of the facts is no longer fresh.
 */
interface Proof {
  readonly caller: Caller;
  readonly facts: readonly Fact<unknown>[];
  readonly expiresAtMs: number;
}

const proofsMax = 10_000;

export interface Authenticator {
  /**
   * Returns undefined if there is no credential or the cookie is invalid. If the Authorization
   * header is invalid, the promise rejects with UNAUTHENTICATED. If `known` returns a `Caller`, this function returns
   * this `Caller` directly, without a promise.
   */
  (credential: Credential): Caller | undefined | Promise<Caller | undefined>;
  /**
   * Returns the `Caller` if this process has checked the credential in the last seconds and the credential has not
   * ended. Otherwise returns undefined. If the result is undefined, the credential can still be valid. To find this
   * out, call the `Authenticator` as a function.
   */
  known(credential: Credential): Caller | undefined;
}

export function createAuthenticator(deps: AuthenticateDeps): Authenticator {
  const verifyToken = createTokenVerifier(deps);
  const byHeader = new LRUCache<string, Proof>({ max: proofsMax });
  const byCookie = new LRUCache<string, Proof>({ max: proofsMax });

  function known({ authorization, session }: Credential): Caller | undefined {
    const proof =
      authorization !== undefined
        ? byHeader.get(authorization)
        : session !== undefined
          ? byCookie.get(session)
          : undefined;
    return proof !== undefined && isGood(proof) ? proof.caller : undefined;
  }

  function find(credential: Credential): Caller | undefined | Promise<Caller | undefined> {
    const { authorization, session } = credential;
    if (authorization === undefined && session === undefined) return undefined;
    return (
      known(credential) ??
      (authorization === undefined ? findByCookie(session!) : findByHeader(authorization))
    );
  }

  return Object.assign(find, { known });

  async function findByHeader(authorization: string): Promise<Caller> {
    const found = await proofOfBearer(bearerOf(authorization));
    if (!found) throw badCredential();
    byHeader.set(authorization, found);
    return found.caller;
  }

  /**
   * A browser may still have the cookie of an ended session. Such a cookie is treated as no credential, so that the
   * page can start a new session.
   */
  async function findByCookie(cookie: string): Promise<Caller | undefined> {
    const { slug, id } = sessionOfCookie(cookie);
    if (slug === "") return undefined;
    const business = await deps.registry.factBySlug(slug);
    if (!business.value) return undefined;
    const businessId = business.value.id;
    const open = await deps.sessions.find(businessId, id);
    if (!open.value) return undefined;
    const { userId, expiresAt } = open.value;
    const caller: Caller = { kind: "user", businessId, userId };
    byCookie.set(cookie, { caller, facts: [business, open], expiresAtMs: Date.parse(expiresAt) });
    return caller;
  }

  async function proofOfBearer(bearer: string): Promise<Proof | undefined> {
    if (bearer.startsWith(keyPrefix)) {
      const holder = await deps.keys.factOf(bearer);
      if (!holder.value) return undefined;
      const business = await deps.registry.factById(holder.value.businessId);
      if (!business.value) return undefined;
      const caller: Caller = { kind: "business", ...holder.value };
      return { caller, facts: [holder, business], expiresAtMs: Number.POSITIVE_INFINITY };
    }
    if (bearer.includes(".")) return verifyToken(bearer);
    if (bearer === "" || !deps.operatorKey.matches(bearer)) return undefined;
    return { caller: { kind: "operator" }, facts: [], expiresAtMs: Number.POSITIVE_INFINITY };
  }
}

const isGood = ({ facts, expiresAtMs }: Proof): boolean =>
  expiresAtMs > Date.now() && facts.every((fact) => isFresh(fact));

const bearerOf = (authorization: string): string => /^bearer +(\S+)$/i.exec(authorization)?.[1] ?? "";

/**
 * Returns the id of the session to which the credential belongs. Returns undefined for a key, for a
 * token that was issued with a key, and if there is no credential. Checks nothing: the caller must
 * have checked the credential.
 */
export const sessionIdOf = ({ authorization, session }: Credential): string | undefined => {
  if (authorization !== undefined) return sessionOfToken(bearerOf(authorization));
  return session === undefined ? undefined : sessionOfCookie(session).id;
};

const badCredential = () =>
  new AppError("UNAUTHENTICATED", "This credential isn't valid, or has ended.", {
    hint: "Send `Authorization: Bearer` with a user token, a business key or the operator key.",
    isWrongCredential: true,
  });
