// Tests that the rate limiter works with every cache, because both use the URL in RONDO_CACHE_URL.
import { expect, test } from "bun:test";
import { chunkCaches } from "../chunk-cache/open.ts";
import { findTechnology } from "../technology.ts";
import { rateLimiters } from "./open.ts";

test("each URL scheme of the cache is also a URL scheme of the rate limiter", () => {
  const schemes = chunkCaches.flatMap((cache) => cache.schemes);
  expect(schemes).toContain("redis");
  expect(schemes.filter((scheme) => findTechnology(rateLimiters, scheme) === undefined)).toEqual([]);
});
