// Enforces the rate limits. A call that changes data counts towards each limit that applies to the
// call, and the response contains the number of calls that remain. The operator has no rate limits.
import { createMiddleware } from "hono/factory";
import type { Caller } from "../../accounts/caller.ts";
import type { RateLimitName, RateLimits } from "../../businesses/limits/rate-limits.ts";
import type { BusinessRegistry } from "../../businesses/registry.ts";
import { counted } from "../../counted.ts";
import { AppError } from "../../errors.ts";
import type { BusinessSpecs } from "../../apps/business-specs.ts";
import type { RateLimit, RateLimiter, RateState } from "../../ports/rate-limiter/rate-limiter.ts";
import { type HeaderRecord, withHeaders } from "../answers/cors.ts";
import type { HttpEnv } from "../wire.ts";
import { type AddressSource, addressOfRequest } from "./address.ts";

export interface RateLimitsDeps {
  readonly limiter: RateLimiter;
  readonly rateLimits: RateLimits;
  readonly registry: Pick<BusinessRegistry, "findById">;
  readonly trustedProxies: number;
  readonly specs: Pick<BusinessSpecs, "knownOf">;
  /** Returns true for a call that is not counted. The default is the function `isFree` below. */
  readonly isFree?: ((method: string, path: string) => boolean) | undefined;
}

interface RateCall {
  readonly request: Request;
  readonly source: AddressSource | undefined;
  readonly path: string;
  readonly caller: Caller | undefined;
}

interface CountedCall {
  /** The headers with the remaining calls of each limit. */
  readonly headers: HeaderRecord;
  /** TOO_MANY_REQUESTS if a limit is exceeded; otherwise undefined. */
  readonly refusal: AppError | undefined;
}

/**
 * Counts a call. Returns undefined if the call is not counted. A refusal does not reject the promise,
 * but is in the result. The same function is used by the router and by the fast path, which answers
 * frequent reads without the router.
 */
export type CountCall = (call: RateCall) => Promise<CountedCall> | undefined;

interface Counted {
  readonly name: RateLimitName;
  /** The caller or the IP address whose calls are counted. */
  readonly key: string;
}

const making = /^\/v1\/(generations|versions\/[^/]+\/versions)$/;
const entering =
  /^\/v1\/accounts\/(guest|sign-up|sign-in|sign-in-with-token|forgot-password|reset-password|verify-email)$/;
const queriesPath = "/v1/queries/";
const reads: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Whether a call is free, which means that it is not counted. Reads are free. Appends to a stream are free, too,
 * because sound is appended far more often than people send requests.
 */
export const isFree = (method: string, path: string): boolean =>
  reads.has(method) || (method === "POST" && path.startsWith("/v1/stream/"));

/** Returns the limits that apply to a call. */
function countedOf({ request, source, path, caller }: RateCall, trustedProxies: number): readonly Counted[] {
  if (caller?.kind === "operator") return [];
  const counted: Counted[] = [];
  if (caller === undefined || entering.test(path))
    counted.push({ name: "address", key: addressOfRequest(request, source, trustedProxies) });
  if (caller === undefined) return counted;
  const { businessId } = caller;
  if (caller.kind === "user") {
    const key = `${businessId}:${caller.userId}`;
    if (making.test(path)) counted.push({ name: "generations", key });
    counted.push({ name: "writes", key });
  }
  return [...counted, { name: "business", key: businessId }];
}

export function createCountCall(deps: RateLimitsDeps): CountCall {
  const { limiter, rateLimits, registry, trustedProxies, specs, isFree: isFreeCall = isFree } = deps;
  const limitsFor = async (caller: Caller | undefined): Promise<RateLimits> => {
    if (caller === undefined || !("businessId" in caller)) return rateLimits;
    const business = await registry.findById(caller.businessId);
    return { ...rateLimits, ...business?.limits.rates };
  };
  /**
   * Subtracts a call that `count` has added to a limit. `count` adds a call to one limit after the
   * other. If a limit refuses the call, `count` subtracts the call from all limits to which it has already added the
   * call. So a refused call counts towards no limit.
   */
  const giveBack = async (one: Taken): Promise<Taken> => {
    const state = await limiter.giveBack(`${one.name}:${one.key}`, one.limit);
    return { ...one, state };
  };
  const count = async (counted: readonly Counted[], caller: Caller | undefined): Promise<CountedCall> => {
    const limits = await limitsFor(caller);
    const taken: Taken[] = [];
    for (const { name, key } of counted) {
      const limit = limits[name];
      if (limit === undefined || limit === null) continue;
      const state = await limiter.take(`${name}:${key}`, limit);
      if (!state.isAllowed) {
        const refusing = { name, key, limit, state };
        const givenBack = await Promise.all(taken.map(giveBack));
        return { headers: headersOf([...givenBack, refusing]), refusal: tooMany(refusing) };
      }
      taken.push({ name, key, limit, state });
    }
    return { headers: headersOf(taken), refusal: undefined };
  };
  /** Whether the call is a read with POST. POST is used for parameters that are too long for a URL. */
  const isReadByPost = ({ path, caller }: RateCall): boolean =>
    path.startsWith(queriesPath) &&
    caller !== undefined &&
    "businessId" in caller &&
    specs.knownOf(caller.businessId).queries.get(path.slice(queriesPath.length))?.method === "GET";
  return (call) => {
    const { method } = call.request;
    if (isFreeCall(method, call.path) || (method === "POST" && isReadByPost(call))) return undefined;
    const counted = countedOf(call, trustedProxies);
    return counted.length === 0 ? undefined : count(counted, call.caller);
  };
}

/** Returns the middleware. `answerError` creates the response to a refused request. */
export const limitRates = (
  countCall: CountCall,
  answerError: (err: AppError, request: Request, requestId: string) => Response,
) =>
  createMiddleware<HttpEnv>(async (c, next) => {
    const call = { request: c.req.raw, source: c.env, path: c.req.path, caller: c.get("caller") };
    const counting = countCall(call);
    if (counting === undefined) return next();
    const { headers, refusal } = await counting;
    if (refusal === undefined) await next();
    else {
      c.error = refusal;
      c.res = answerError(refusal, c.req.raw, c.get("requestId"));
    }
    withHeaders(c.res, headers);
  });

interface Taken extends Counted {
  readonly limit: RateLimit;
  readonly state: RateState;
}

/** Returns the headers of draft-ietf-httpapi-ratelimit-headers-10. */
function headersOf(taken: readonly Taken[]): HeaderRecord {
  if (taken.length === 0) return {};
  return {
    "ratelimit-policy": taken
      .map(({ name, limit }) => `"${name}";q=${limit.quota};w=${limit.windowSeconds}`)
      .join(", "),
    ratelimit: taken
      .map(({ name, state }) => `"${name}";r=${state.remaining};t=${Math.ceil(state.resetMs / 1000)}`)
      .join(", "),
  };
}

const whose: Readonly<Record<RateLimitName, string>> = {
  writes: "You exceeded the limit of write requests",
  generations: "You exceeded the limit of generations",
  business: "This business exceeded its limit of requests",
  address: "Your address exceeded its limit of requests",
};

const tooMany = ({ name, limit, state }: Taken): AppError =>
  new AppError(
    "TOO_MANY_REQUESTS",
    `${whose[name]}: ${limit.quota} in ${counted(limit.windowSeconds, "second")}.`,
    {
      hint: "Wait for the seconds given in Retry-After.",
      retryAfterSeconds: Math.max(1, Math.ceil(state.retryMs / 1000)),
      details: { limit: name },
    },
  );
