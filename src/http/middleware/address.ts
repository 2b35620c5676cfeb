// Determines the IP address of the client of a request, as far as it can be trusted.
import { originalOf } from "../../original-request.ts";
import type { HttpContext, HttpEnv } from "../wire.ts";

/**
 * Returns the peer address of the connection. If `trustedProxies` is greater than 0, returns the address that the
 * outermost of these proxies wrote into X-Forwarded-For. Earlier entries of this header can be invented by the client,
 * so they are ignored. An IPv6 address is reduced to its /64, because one client usually has an entire /64. Returns
 * undefined if the server gives no peer address, or if X-Forwarded-For has fewer entries than there are trusted
 * proxies.
 */
export const addressOf = (c: HttpContext, trustedProxies: number): string | undefined =>
  findAddress(c.req.raw, c.env, trustedProxies);

/** The object that the server passes with each request. The peer address is read from it. */
export type AddressSource = HttpEnv["Bindings"];

/**
 * Works like `addressOf`, for code that has a Request but no HttpContext. Returns "unknown" if the address can't be
 * determined.
 */
export const addressOfRequest = (
  request: Request,
  source: AddressSource | undefined,
  trustedProxies: number,
): string => findAddress(request, source, trustedProxies) ?? "unknown";

function findAddress(
  request: Request,
  source: AddressSource | undefined,
  trustedProxies: number,
): string | undefined {
  const seen = (request.headers.get("x-forwarded-for") ?? "").split(",").map((one) => one.trim());
  const address =
    trustedProxies > 0 ? seen.at(-trustedProxies) : source?.requestIP?.(originalOf(request))?.address;
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
