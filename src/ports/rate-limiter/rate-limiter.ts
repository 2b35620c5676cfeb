// Counts who asks how often, against limits that fill up again evenly. Names no technology.

export interface RateLimit {
  /** So many at once, or spread over the window. */
  readonly quota: number;
  readonly windowSeconds: number;
}

export interface RateState {
  readonly isAllowed: boolean;
  /** How many more may follow at once. */
  readonly remaining: number;
  /** Until the whole quota is there again. */
  readonly resetMs: number;
  /** Until one is allowed; 0 while some remain. */
  readonly retryMs: number;
}

export interface RateLimiter {
  /** Other instances count along. */
  readonly isShared: boolean;
  /**
   * Takes one from what this key has left; one that is refused takes nothing. Two at once are two.
   * Never rejects: where the shared count can't be reached, this process counts alone.
   */
  take(key: string, limit: RateLimit): Promise<RateState>;
  /** As if the key had never asked. */
  forget(key: string): Promise<void>;
  /** May be called twice. */
  close(): Promise<void>;
}
