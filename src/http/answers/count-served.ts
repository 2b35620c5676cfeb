// Counts how many bytes of sound are served. The number is taken from the content-length header of
// the response, so all bytes are counted even if the client disconnects early.
import type { LiveUsage } from "../../usage/live-usage.ts";

/**
 * Counts the bytes for the user. Without a user, the bytes are counted for the business
 * itself. A response to HEAD, a response whose status is not 2xx, and a response without
 * content-length are not counted. Returns the response unchanged.
 */
export function countServed(
  usage: Pick<LiveUsage, "countServed">,
  { method }: Pick<Request, "method">,
  who: { readonly businessId: string; readonly userId?: string | undefined },
  answer: Response,
): Response {
  if (method !== "HEAD" && answer.ok) {
    const bytes = Number(answer.headers.get("content-length"));
    if (bytes > 0) usage.countServed(who.businessId, who.userId, bytes);
  }
  return answer;
}
