// Signs a message according to Standard Webhooks, version 1: https://www.standardwebhooks.com
import { createHmac } from "node:crypto";
import { bytesOfSecret } from "./endpoint-secrets.ts";

export interface Message {
  readonly id: string;
  /** The time of the attempt. A receiver gets this time in whole seconds, and can refuse old messages. */
  readonly atMs: number;
  readonly body: string;
}

/**
 * Returns the three headers of a signed message. The header webhook-signature contains one signature for each secret.
 */
export function signMessage(
  { id, atMs, body }: Message,
  secrets: readonly string[],
): Readonly<Record<string, string>> {
  const seconds = Math.floor(atMs / 1000);
  const signatures = secrets.map((secret) => {
    const mac = createHmac("sha256", bytesOfSecret(secret)).update(`${id}.${seconds}.${body}`);
    return `v1,${mac.digest("base64")}`;
  });
  return {
    "webhook-id": id,
    "webhook-timestamp": String(seconds),
    "webhook-signature": signatures.join(" "),
  };
}
