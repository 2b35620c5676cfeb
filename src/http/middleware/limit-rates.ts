// Who may ask how often: each call that changes something counts against its limits, and the answer says what is left.
import type { MiddlewareHandler } from "hono";
import { createMiddleware } from "hono/factory";
import type { Caller } from "../../accounts/caller.ts";
import type { RateLimitName, RateLimits } from "../../businesses/rate-limits.ts";
import type { BusinessRegistry } from "../../businesses/registry.ts";
import { AppError } from "../../errors.ts";
import type { QuerySet } from "../../queries/run/query-set.ts";
import type { RateLimit, RateLimiter, RateState } from "../../ports/rate-limiter/rate-limiter.ts";
import { addressOf } from "./address.ts";
import { problemResponse } from "../problem.ts";
import type { HttpContext, HttpEnv } from "../wire.ts";

export interface RateLimitsDeps {
  readonly limiter: RateLimiter;
  readonly rateLimits: RateLimits;
  readonly registry: Pick<BusinessRegistry, "findById">;
  readonly trustedProxies: number;
  readonly specs: { readonly current: Pick<QuerySet, "queries"> };
}

interface Counted {
  readonly name: RateLimitName;
  /** Who is counted. */
  readonly key: string;
}

const making = /^\/v1\/(generations|versions\/[^/]+\/versions)$/;
const entering = /^\/v1\/accounts\/(guest|sign-up|sign-in)$/;
const queriesPath = "/v1/queries/";
const reads: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

/** Reads, and appends to a stream: sound comes far faster than people ask. Whoever wants them counted does it here. */
export const isFree = (method: string, path: string): boolean =>
  reads.has(method) || (method === "POST" && path.startsWith("/v1/stream/"));

/** What a call counts against. */
function countedOf(c: HttpContext, caller: Caller | undefined, trustedProxies: number): readonly Counted[] {
  const { path } = c.req;
  if (caller?.kind === "operator") return [];
  const counted: Counted[] = [];
  if (caller === undefined || entering.test(path))
    counted.push({ name: "address", key: addressOf(c, trustedProxies) ?? "unknown" });
  if (caller === undefined) return counted;
  const { businessId } = caller;
  if (caller.kind === "user") {
    const key = `${businessId}:${caller.userId}`;
    if (making.test(path)) counted.push({ name: "generations", key });
    counted.push({ name: "writes", key });
  }
  return [...counted, { name: "business", key: businessId }];
}

export function limitRates({ limiter, rateLimits, registry, trustedProxies, specs }: RateLimitsDeps) {
  const limitsFor = async (caller: Caller | undefined): Promise<RateLimits> => {
    if (caller === undefined || !("businessId" in caller)) return rateLimits;
    const business = await registry.findById(caller.businessId);
    return { ...rateLimits, ...business?.limits.rates };
  };
  const count: MiddlewareHandler<HttpEnv> = async (c, next) => {
    const caller = c.get("caller");
    const counted = countedOf(c, caller, trustedProxies);
    if (counted.length === 0) return next();
    const limits = await limitsFor(caller);
    const taken: Taken[] = [];
    for (const { name, key } of counted) {
      const limit = limits[name];
      if (limit === undefined || limit === null) continue;
      const state = await limiter.take(`${name}:${key}`, limit);
      taken.push({ name, limit, state });
      if (!state.isAllowed) {
        c.error = tooMany({ name, limit, state });
        c.res = problemResponse(c.error, c.get("requestId"));
        tell(c.res.headers, taken);
        return;
      }
    }
    await next();
    tell(c.res.headers, taken);
  };
  /** Whether it is a read whose parameters were too long for a URL. */
  const isReadByPost = (path: string): boolean =>
    path.startsWith(queriesPath) &&
    specs.current.queries.get(path.slice(queriesPath.length))?.method === "GET";
  return createMiddleware<HttpEnv>((c, next) =>
    isFree(c.req.method, c.req.path) || isReadByPost(c.req.path) ? next() : count(c, next),
  );
}

interface Taken {
  readonly name: RateLimitName;
  readonly limit: RateLimit;
  readonly state: RateState;
}

/** As draft-ietf-httpapi-ratelimit-headers-10 writes them. */
function tell(headers: Headers, taken: readonly Taken[]): void {
  if (taken.length === 0) return;
  headers.set(
    "ratelimit-policy",
    taken.map(({ name, limit }) => `"${name}";q=${limit.quota};w=${limit.windowSeconds}`).join(", "),
  );
  headers.set(
    "ratelimit",
    taken
      .map(({ name, state }) => `"${name}";r=${state.remaining};t=${Math.ceil(state.resetMs / 1000)}`)
      .join(", "),
  );
}

const whose: Readonly<Record<RateLimitName, string>> = {
  writes: "You exceeded the limit of write requests",
  generations: "You exceeded the limit of generations",
  business: "This business exceeded its limit of requests",
  address: "Your address exceeded its limit of requests",
};

const tooMany = ({ name, limit, state }: Taken): AppError =>
  new AppError("TOO_MANY_REQUESTS", `${whose[name]}: ${limit.quota} in ${limit.windowSeconds} seconds.`, {
    hint: "Wait for the seconds given in Retry-After.",
    retryAfterSeconds: Math.max(1, Math.ceil(state.retryMs / 1000)),
    details: { limit: name },
  });
