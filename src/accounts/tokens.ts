// User tokens: short-lived JWTs (RFC 7519, HS256) that name a user and a business, signed with the business's own key.
import { decodeJwt, errors, jwtVerify, SignJWT } from "jose";
import { z } from "zod";
import type { Business } from "../businesses/business.ts";
import type { BusinessRegistry } from "../businesses/registry.ts";
import type { UserCaller } from "./caller.ts";

export interface UserToken {
  readonly userId: string;
  readonly token: string;
  readonly expiresAt: string;
}

const algorithm = "HS256";
/** Of the token that comes with a new session. */
export const sessionTokenSeconds = 3600;

export async function mintToken(
  business: Business,
  userId: string,
  expiresInSeconds: number,
): Promise<UserToken> {
  const expiresAtSeconds = Math.floor(Date.now() / 1000) + expiresInSeconds;
  const token = await new SignJWT({ biz: business.id })
    .setProtectedHeader({ alg: algorithm, typ: "JWT" })
    .setSubject(userId)
    .setIssuedAt()
    .setExpirationTime(expiresAtSeconds)
    .sign(business.signing.tokens);
  return { userId, token, expiresAt: new Date(expiresAtSeconds * 1000).toISOString() };
}

const claimsSchema = z.object({ sub: z.string().min(1), biz: z.string().min(1), exp: z.number() });

export interface VerifiedToken {
  readonly caller: UserCaller;
  readonly expiresAtMs: number;
}

/** Gives undefined for a token that expired, was altered, or is of no business. */
export function createTokenVerifier(
  registry: BusinessRegistry,
): (token: string) => Promise<VerifiedToken | undefined> {
  return async (token) => {
    const claims = claimsSchema.safeParse(unverifiedClaims(token));
    if (!claims.success) return undefined;
    const business = await registry.findById(claims.data.biz);
    if (!business) return undefined;
    try {
      await jwtVerify(token, business.signing.tokens, { algorithms: [algorithm] });
    } catch (err) {
      if (err instanceof errors.JOSEError) return undefined;
      throw err;
    }
    const caller: UserCaller = { kind: "user", businessId: business.id, userId: claims.data.sub };
    return { caller, expiresAtMs: claims.data.exp * 1000 };
  };
}

function unverifiedClaims(token: string): unknown {
  try {
    return decodeJwt(token);
  } catch (err) {
    if (err instanceof errors.JOSEError) return undefined;
    throw err;
  }
}
