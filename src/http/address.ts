// Where a request comes from, as far as it can be believed.
import type { HttpContext } from "./wire.ts";

/**
 * Of the connection; behind `trustedProxies` proxies of ours, what the outermost of them saw. What a
 * caller writes into X-Forwarded-For stands before that and counts for nothing. IPv6 by its /64: a caller has all of one.
 */
export function addressOf(c: HttpContext, trustedProxies: number): string | undefined {
  const seen = (c.req.header("x-forwarded-for") ?? "").split(",").map((one) => one.trim());
  const address = trustedProxies > 0 ? seen.at(-trustedProxies) : c.env?.requestIP?.(c.req.raw)?.address;
  return address === undefined || address === "" ? undefined : networkOf(address);
}

function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  if (!address.includes(":")) return address;
  const [head = "", tail] = address.split("%", 1)[0]!.toLowerCase().split("::");
  const groups = head === "" ? [] : head.split(":");
  const after = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - groups.length - after.length);
  const whole = [...groups, ...Array.from({ length: zeros }, () => "0"), ...after];
  return whole
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ""))
    .join(":");
}
