// Issues and verifies user tokens: short-lived JWTs (RFC 7519, HS256) that are signed with a secret of the business. A
// token contains the ids of the user, of the business, and of the session or the key from which it was issued.
import { decodeJwt, errors, jwtVerify, SignJWT } from "jose";
import { z } from "zod";
import type { Business } from "../businesses/business.ts";
import type { Fact } from "../businesses/fresh-facts.ts";
import type { BusinessKeys } from "../businesses/secrets/keys.ts";
import type { BusinessRegistry } from "../businesses/registry.ts";
import type { UserCaller } from "./caller.ts";
import type { Sessions } from "./sessions/sessions.ts";

export interface UserToken {
  readonly userId: string;
  readonly token: string;
  readonly expiresAt: string;
}

/**
 * The credential from which a token was issued: a session or a key. When the session or the key ends, the token becomes
 * invalid. A token that was issued with a key also becomes invalid when its user is deleted or becomes another kind of
 * user. For example, when a guest becomes a member, the tokens of the guest become invalid.
 */
export type TokenOrigin =
  { readonly sessionId: string } | { readonly keyId: string; readonly userKind: string };

const algorithm = "HS256";
/** The lifetime of a token that was issued from a session, in seconds. */
export const sessionTokenSeconds = 3600;

/** Signs a token. Checks neither the user nor the origin: the calling code has to check them first. */
export async function mintToken(
  business: Business,
  userId: string,
  expiresInSeconds: number,
  origin: TokenOrigin,
): Promise<UserToken> {
  const expiresAtSeconds = Math.floor(Date.now() / 1000) + expiresInSeconds;
  const from =
    "sessionId" in origin ? { sid: origin.sessionId } : { key: origin.keyId, kind: origin.userKind };
  const token = await new SignJWT({ biz: business.id, ...from })
    .setProtectedHeader({ alg: algorithm, typ: "JWT" })
    .setSubject(userId)
    .setIssuedAt()
    .setExpirationTime(expiresAtSeconds)
    .sign(business.signing.tokens);
  return { userId, token, expiresAt: new Date(expiresAtSeconds * 1000).toISOString() };
}

const named = { sub: z.string().min(1), biz: z.string().min(1), exp: z.number() };
const claimsSchema = z.union([
  z.object({ ...named, sid: z.string().min(1) }),
  z.object({ ...named, key: z.string().min(1), kind: z.string() }),
]);
type Claims = z.output<typeof claimsSchema>;

export interface VerifiedToken {
  readonly caller: UserCaller;
  /** The cached facts on which the validity of the token depends, for example that its session is open. */
  readonly facts: readonly Fact<unknown>[];
  readonly expiresAtMs: number;
}

export interface TokenVerifierDeps {
  readonly registry: BusinessRegistry;
  readonly sessions: Sessions;
  readonly keys: BusinessKeys;
}

/**
 * Creates the function that verifies a token. The function returns undefined if the token is malformed, expired or
 * altered. It also returns undefined if the token's business is missing or not active, or if the token's origin has
 * ended. A change that another process makes to the business or to the origin takes effect within five seconds.
 */
export function createTokenVerifier(
  deps: TokenVerifierDeps,
): (token: string) => Promise<VerifiedToken | undefined> {
  return async (token) => {
    const claims = claimsOf(token);
    if (claims === undefined) return undefined;
    const business = await deps.registry.factById(claims.biz);
    if (!business.value || !(await isSigned(token, business.value))) return undefined;
    const facts = await originFacts(deps, claims);
    if (facts === undefined) return undefined;
    const caller: UserCaller = { kind: "user", businessId: business.value.id, userId: claims.sub };
    return { caller, facts: [business, ...facts], expiresAtMs: claims.exp * 1000 };
  };
}

/** Returns the facts on which the validity of the token's origin depends; undefined if the origin has ended. */
async function originFacts(
  { sessions, keys }: TokenVerifierDeps,
  claims: Claims,
): Promise<readonly Fact<unknown>[] | undefined> {
  if ("sid" in claims) {
    const session = await sessions.find(claims.biz, claims.sid);
    return session.value?.userId === claims.sub ? [session] : undefined;
  }
  const revoked = await keys.isRevoked(claims.key);
  if (revoked.value) return undefined;
  const known = await sessions.findUserKind(claims.biz, claims.sub);
  if (known.value === claims.kind) return [revoked, known];
  // The user's kind is read again, because the cached kind can be older than the token.
  sessions.forget(claims.biz, { ids: [], userId: claims.sub });
  const kind = await sessions.findUserKind(claims.biz, claims.sub);
  return kind.value === claims.kind ? [revoked, kind] : undefined;
}

async function isSigned(token: string, { signing }: Business): Promise<boolean> {
  try {
    await jwtVerify(token, signing.tokens, { algorithms: [algorithm] });
    return true;
  } catch (err) {
    if (err instanceof errors.JOSEError) return false;
    throw err;
  }
}

/** Returns the claims of a token without verifying them; undefined if the token is malformed. */
function claimsOf(token: string): Claims | undefined {
  try {
    const claims = claimsSchema.safeParse(decodeJwt(token));
    return claims.success ? claims.data : undefined;
  } catch (err) {
    if (err instanceof errors.JOSEError) return undefined;
    throw err;
  }
}

/**
 * Returns the id of the session from which a token was issued; undefined if the token was issued with a key. Does not
 * verify the token: verify it first.
 */
export function sessionOfToken(token: string): string | undefined {
  const claims = claimsOf(token);
  return claims !== undefined && "sid" in claims ? claims.sid : undefined;
}
