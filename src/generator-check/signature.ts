// Signs and verifies calls as defined by Standard Webhooks: an HMAC-SHA256 over "id.timestamp.body".
// Source: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
import { createHmac, timingSafeEqual } from "node:crypto";

export interface Message {
  readonly id: string;
  /** Seconds since 1970. */
  readonly timestamp: number;
  readonly body: string;
}

/**
 * If the secret begins with `whsec_`, the rest of the secret is the key in base64. Otherwise the
 * key is the UTF-8 bytes of the secret.
 */
const keyOf = (secret: string): Buffer =>
  secret.startsWith("whsec_") ? Buffer.from(secret.slice(6), "base64") : Buffer.from(secret);

/** Returns the value of the header webhook-signature. */
export const signatureOf = (secret: string, { id, timestamp, body }: Message): string =>
  `v1,${createHmac("sha256", keyOf(secret)).update(`${id}.${timestamp}.${body}`).digest("base64")}`;

/**
 * A call is refused if its time differs from the clock by more than this many seconds, so that a recorded call can't be
 * repeated later.
 */
const toleranceSeconds = 300;

/**
 * Returns whether the time and one of the signatures are correct. While a secret is being replaced, a call has one
 * signature for each secret.
 */
export function isSigned(secret: string, headers: Headers, body: string): boolean {
  const id = headers.get("webhook-id") ?? "";
  const time = headers.get("webhook-timestamp") ?? "";
  if (id === "" || !/^\d{1,12}$/.test(time)) return false;
  const timestamp = Number(time);
  if (Math.abs(Date.now() / 1000 - timestamp) > toleranceSeconds) return false;
  const expected = Buffer.from(signatureOf(secret, { id, timestamp, body }));
  return (headers.get("webhook-signature") ?? "").split(" ").some((given) => {
    const bytes = Buffer.from(given);
    return bytes.length === expected.length && timingSafeEqual(bytes, expected);
  });
}
