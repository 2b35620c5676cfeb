// Defines the type of a rate limiter technology and the options for opening it.
import type { Technology } from "../technology.ts";
import type { RateLimiter } from "./rate-limiter.ts";

export interface OpenRateLimiterOptions {
  /** Is called with the errors of background work, because no caller can receive them. */
  readonly onError: (err: unknown) => void;
}

export type RateLimiterTechnology = Omit<
  Technology<OpenRateLimiterOptions, RateLimiter>,
  "example" | "faultOf" | "examine"
>;
