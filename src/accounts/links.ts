// Creates and checks signed links. Each link opens the sound of one version for 60 to 61 minutes.
// Signed links are for players and CDNs that can't send a header.
import { createHmac, timingSafeEqual } from "node:crypto";
import type { Business } from "../businesses/business.ts";
import type { BusinessRegistry } from "../businesses/registry.ts";

const lifetimeSeconds = 3600;
/**
 * The length of the signature. The HMAC is cut to 128 bits, so that the links are short. 128 bits can't be guessed
 * (RFC 2104, section 5).
 */
const signatureBytes = 16;

const sign = (business: Business, versionId: string, expires: number): Buffer =>
  createHmac("sha256", business.signing.links)
    .update(`${versionId}\n${expires}`)
    .digest()
    .subarray(0, signatureBytes);

/**
 * Returns the query string of a link. The query string is valid for every file of this version. The
 * expiry is rounded up to a full minute, so that links made in the same minute are equal.
 */
export function signLink(business: Business, versionId: string, nowMs = Date.now()): string {
  const expires = Math.ceil(nowMs / 60_000) * 60 + lifetimeSeconds;
  const signature = sign(business, versionId, expires).toString("base64url");
  return `business=${business.slug}&expires=${expires}&signature=${signature}`;
}

/** True if the link has expired or has no expiry. The signature is not checked. */
export const isOldLink = (query: URLSearchParams): boolean =>
  Number(query.get("expires")) * 1000 <= Date.now();

/**
 * Returns the business that signed the link for this version. Returns undefined if the link is
 * invalid or has expired, or if the business is not active. Does not check that the version exists.
 */
export async function verifyLink(
  registry: BusinessRegistry,
  versionId: string,
  query: URLSearchParams,
): Promise<Business | undefined> {
  const expires = Number(query.get("expires"));
  if (!Number.isSafeInteger(expires) || expires * 1000 <= Date.now()) return undefined;
  const business = await registry.findBySlug(query.get("business") ?? "");
  if (!business) return undefined;
  // The encoded strings are compared, not the bytes, because different strings can decode to the same bytes.
  const given = Buffer.from(query.get("signature") ?? "");
  const right = Buffer.from(sign(business, versionId, expires).toString("base64url"));
  return given.length === right.length && timingSafeEqual(given, right) ? business : undefined;
}
