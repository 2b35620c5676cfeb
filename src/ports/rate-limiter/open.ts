// Lists the technologies for the rate limiter. The rate limiter uses the URL of the cache. To add a technology, create
// its folder beside this file and add the technology to this list. A test fails if a technology for the cache is missing
// here.
import type { StoreUrl } from "../store-url.ts";
import { technologyOf } from "../technology.ts";
import { memory } from "./memory/index.ts";
import { redis } from "./redis/index.ts";
import type { OpenRateLimiterOptions, RateLimiterTechnology } from "./technology.ts";

export const rateLimiters: readonly RateLimiterTechnology[] = [memory, redis];

export const openRateLimiter = ({ scheme, location }: StoreUrl, options: OpenRateLimiterOptions) =>
  technologyOf(rateLimiters, scheme).open(location, options);
