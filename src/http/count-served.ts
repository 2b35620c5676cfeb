// Counts the bytes of an answer with sound, by the length that the answer declares.
import type { LiveUsage } from "../usage/live-usage.ts";

/** Without a user, the bytes count for the business itself. Returns the answer. */
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
