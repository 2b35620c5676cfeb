// Derives the Ed25519 key of each business from the secret of the business. The key is the same on every machine, and
// is not stored.
import { createPrivateKey, createPublicKey } from "node:crypto";
import { calculateJwkThumbprint, type JWK } from "jose";
import { LRUCache } from "lru-cache";
import type { Business } from "../../businesses/business.ts";
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

const rememberedMax = 20_000;
/**
 * An unknown key can belong to a new business. So the businesses are listed again, but at most once
 * in this time. Until the next listing, the key of a new business is not found.
 */
const lookAgainMs = 5_000;

/**
 * Finds the public key of any business of this installation. Businesses that are suspended or being
 * deleted are included, because this installation signed their files, too.
 */
export function createFindPublicKey(registry: Pick<BusinessRegistry, "list">): FindPublicKey {
  const known = new LRUCache<string, JWK>({ max: rememberedMax });
  const listed = new Set<string>();
  let lookedAtMs = Number.NEGATIVE_INFINITY;
  return async (keyId) => {
    if (!known.has(keyId) && performance.now() - lookedAtMs >= lookAgainMs) {
      lookedAtMs = performance.now();
      for (const business of await registry.list()) {
        if (listed.has(business.id)) continue;
        const key = await signingKeyOf(business);
        known.set(key.keyId, key.publicJwk);
        listed.add(business.id);
      }
    }
    return known.get(keyId);
  };
}
