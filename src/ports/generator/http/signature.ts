// Signs a call as Standard Webhooks does: an HMAC-SHA256 over "id.timestamp.body".
// Source: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
import { createHmac, randomUUID } from "node:crypto";

/** `whsec_` and base64, or a text that is taken as its UTF-8 bytes. */
const keyOf = (secret: string): Buffer =>
  secret.startsWith("whsec_")
    ? Buffer.from(secret.slice("whsec_".length), "base64")
    : Buffer.from(secret, "utf8");

/** Returns the headers of one call; no headers without a secret. `body` is the exact sent text. */
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
