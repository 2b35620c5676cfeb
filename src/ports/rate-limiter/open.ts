// The technologies of the rate limiter, at the address of the cache. A new one is a folder beside this file, and a line in the list.
import type { StoreUrl } from "../store-url.ts";
import { technologyOf } from "../technology.ts";
import { memory } from "./memory/index.ts";
import { redis } from "./redis/index.ts";
import type { OpenRateLimiterOptions, RateLimiterTechnology } from "./technology.ts";

export const rateLimiters: readonly RateLimiterTechnology[] = [memory, redis];

export const openRateLimiter = ({ scheme, location }: StoreUrl, options: OpenRateLimiterOptions) =>
  technologyOf(rateLimiters, scheme).open(location, options);
