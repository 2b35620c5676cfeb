// Defines the type of a technology for the rate limiter, and the options that it is opened with.
import type { Technology } from "../technology.ts";
import type { RateLimiter } from "./rate-limiter.ts";

export interface OpenRateLimiterOptions {
  /** Receives the errors of background work, which have no caller. */
  readonly onError: (err: unknown) => void;
}

export type RateLimiterTechnology = Omit<
  Technology<OpenRateLimiterOptions, RateLimiter>,
  "example" | "faultOf" | "examine"
>;
