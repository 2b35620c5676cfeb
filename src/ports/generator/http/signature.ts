// Signs a call as defined by Standard Webhooks: an HMAC-SHA256 over "id.timestamp.body".
// Source: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
import { createHmac, randomUUID } from "node:crypto";

/**
 * If the secret begins with `whsec_`, the rest is the key in base64. Otherwise the key is the
 * secret's UTF-8 bytes.
 */
const keyOf = (secret: string): Buffer =>
  secret.startsWith("whsec_")
    ? Buffer.from(secret.slice("whsec_".length), "base64")
    : Buffer.from(secret, "utf8");

/**
 * Returns the headers of one call. Without a secret, returns no headers. `body` must be exactly the text that is sent,
 * because another order of the fields or another space gives another signature.
 */
export function signatureOf(
  secret: string | undefined,
  body: string,
  { id = `msg_${randomUUID()}`, nowMs = Date.now() } = {},
): Readonly<Record<string, string>> {
  if (secret === undefined) return {};
  const timestamp = Math.floor(nowMs / 1000);
  const digest = createHmac("sha256", keyOf(secret)).update(`${id}.${timestamp}.${body}`).digest("base64");
  return {
    "webhook-id": id,
    "webhook-timestamp": String(timestamp),
    "webhook-signature": `v1,${digest}`,
  };
}
