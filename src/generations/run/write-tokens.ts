// Issues and checks write tokens. With a token, a generator can append to the audio stream and the
// events stream of one generation until the token expires. A token grants nothing else. Tokens are
// not stored, so a single token can't be revoked.
import { createHmac, timingSafeEqual } from "node:crypto";
import { z } from "zod";

export interface WriteGrant {
  readonly businessId: string;
  readonly requestId: string;
  readonly versionId: string;
  /** The time at which the token expires, in milliseconds since 1970. */
  readonly untilMs: number;
}

export interface WriteTokens {
  issue(grant: WriteGrant): string;
  /** Returns the grant of a token, or undefined if the token is forged, damaged or expired. */
  verify(token: string, nowMs?: number): WriteGrant | undefined;
}

export const writeTokenPrefix = "rwt_";

const grantSchema = z.object({
  b: z.string().min(1),
  r: z.string().min(1),
  v: z.string().min(1),
  e: z.number().int(),
});

/** `key` is 32 secret bytes, which must be the same in every process. */
export function createWriteTokens(key: Uint8Array): WriteTokens {
  const sign = (payload: string): Buffer =>
    createHmac("sha256", key).update(`${writeTokenPrefix}${payload}`).digest();
  return {
    issue({ businessId: b, requestId: r, versionId: v, untilMs }) {
      const payload = Buffer.from(JSON.stringify({ b, r, v, e: Math.floor(untilMs) })).toString("base64url");
      return `${writeTokenPrefix}${payload}.${sign(payload).toString("base64url")}`;
    },
    verify(token, nowMs = Date.now()) {
      if (!token.startsWith(writeTokenPrefix) || token.length > 2_000) return undefined;
      const [payload = "", signature = "", ...rest] = token.slice(writeTokenPrefix.length).split(".");
      // The strings are compared, not the decoded bytes, because several strings decode to the same bytes.
      const given = Buffer.from(signature);
      const right = Buffer.from(sign(payload).toString("base64url"));
      if (rest.length > 0 || given.length !== right.length || !timingSafeEqual(given, right))
        return undefined;
      const { b, r, v, e } = grantSchema.parse(JSON.parse(Buffer.from(payload, "base64url").toString()));
      return e > nowMs ? { businessId: b, requestId: r, versionId: v, untilMs: e } : undefined;
    },
  };
}
