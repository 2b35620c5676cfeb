// Creates and reads the random secrets with which webhooks are signed. A secret is stored encrypted with a key of the
// business. This key is stored encrypted with the master key.
import { randomBytes } from "node:crypto";
import type { Business } from "../businesses/business.ts";
import { createSealing } from "../businesses/secrets/sealing.ts";
import type { BusinessTables } from "../businesses/tables/schema.ts";

const prefix = "whsec_";
const secretBytes = 32;

/** Returns a secret in the format of Standard Webhooks: the prefix, then 32 random bytes as base64. */
export const newSecret = (): string => `${prefix}${randomBytes(secretBytes).toString("base64")}`;

/** Returns the random bytes of a secret that `newSecret` made. The format of the secret is not checked. */
export const bytesOfSecret = (secret: string): Uint8Array =>
  Buffer.from(secret.slice(prefix.length), "base64");

const sealingOf = ({ signing }: Pick<Business, "signing">) =>
  createSealing(() => ({ current: signing.webhooks }));
const contextOf = (endpointId: string) => `webhook-endpoint/${endpointId}`;

export const sealSecret = (business: Pick<Business, "signing">, endpointId: string, secret: string): string =>
  sealingOf(business).seal(Buffer.from(secret), contextOf(endpointId));

type Sealed = Pick<BusinessTables["webhookEndpoints"], "secret" | "formerSecret" | "formerUntil"> & {
  readonly id: string;
};

/**
 * Returns the secrets with which a message is signed at `nowMs`: first the current secret and, before `formerUntil`,
 * also the former secret. Throws INTERNAL if a secret can't be decrypted, for example because the secret belongs to
 * another endpoint.
 */
export function openSecrets(
  business: Pick<Business, "signing">,
  { id, secret, formerSecret, formerUntil }: Sealed,
  nowMs: number,
): readonly string[] {
  const open = (sealed: string) => Buffer.from(sealingOf(business).open(sealed, contextOf(id))).toString();
  const isOverlap = formerSecret !== null && formerUntil !== null && nowMs < Date.parse(formerUntil);
  return isOverlap ? [open(secret), open(formerSecret)] : [open(secret)];
}
