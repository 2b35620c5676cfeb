// Derives the Ed25519 key of each business from the secret of the business. The key is the same on every machine, and
// is not stored.
import { createPrivateKey, createPublicKey } from "node:crypto";
import { calculateJwkThumbprint, type JWK } from "jose";
import type { Business } from "../../businesses/business.ts";
import { createFreshFacts } from "../../businesses/fresh-facts.ts";
import type { BusinessRegistry } from "../../businesses/registry.ts";
import type { FindPublicKey, SigningKey } from "./formats/signature/signature.ts";

/** The bytes that precede an Ed25519 seed in PKCS #8 (RFC 8410, section 7). */
const pkcs8Prefix = Buffer.from("302e020100300506032b657004220420", "hex");

export async function signingKeyOf(business: Business): Promise<SigningKey> {
  const privateKey = createPrivateKey({
    key: Buffer.concat([pkcs8Prefix, business.signing.sounds]),
    format: "der",
    type: "pkcs8",
  });
  const publicJwk = createPublicKey(privateKey).export({ format: "jwk" }) as JWK;
  return {
    keyId: await calculateJwkThumbprint(publicJwk),
    privateJwk: privateKey.export({ format: "jwk" }) as JWK,
    publicJwk,
  };
}

/**
 * Finds the public key of any business of this installation. Businesses that are suspended or being deleted are
 * included, because this installation signed their files, too. If a key is unknown, all businesses are listed, because
 * the key can belong to a new business. The list is then used for a few seconds. If a business is created in this time,
 * its key is not found yet, and the result is undefined. Concurrent lookups share one listing. If the listing fails,
 * these lookups fail with its error, and the next lookup lists again.
 */
export function createFindPublicKey(registry: Pick<BusinessRegistry, "list">): FindPublicKey {
  const keys = new Map<string, JWK>();
  const withKey = new Set<string>();
  const listing = createFreshFacts(async () => {
    for (const business of await registry.list()) {
      if (withKey.has(business.id)) continue;
      const { keyId, publicJwk } = await signingKeyOf(business);
      keys.set(keyId, publicJwk);
      withKey.add(business.id);
    }
  });
  return async (keyId) => {
    if (!keys.has(keyId)) await listing.find("all");
    return keys.get(keyId);
  };
}
