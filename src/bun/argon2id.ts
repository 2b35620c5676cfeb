// Hashes passwords with Argon2id (RFC 9106). Only a few hashes are computed at the same time,
// because each hash needs 19 MiB and tens of milliseconds.
import type { PasswordHasher } from "../accounts/passwords/passwords.ts";
import { AppError } from "../errors.ts";

interface Argon2idCost {
  /** In KiB. */
  readonly memoryCost: number;
  readonly timeCost: number;
}

/** The minimum parameters that OWASP recommends for Argon2id. */
const owaspMinimum: Argon2idCost = { memoryCost: 19_456, timeCost: 2 };
const runningMax = 4;
const waitingMax = 200;

/**
 * At most `runningMax` calls of the hasher run at the same time, and `waitingMax` more calls wait
 * in order. If `waitingMax` calls already wait, a further call throws UNAVAILABLE at once. Only tests
 * pass `cost`, to hash passwords faster.
 */
export function createArgon2id(cost = owaspMinimum): PasswordHasher {
  const waiting: (() => void)[] = [];
  let running = 0;

  async function inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (running >= runningMax) {
      if (waiting.length >= waitingMax)
        throw new AppError("UNAVAILABLE", "Too many users are signing in at this moment.");
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else running += 1;
    try {
      return await work();
    } finally {
      // The next waiting call takes the place of this call, so `running` doesn't change.
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  }

  return {
    hash: (password) => inTurn(() => Bun.password.hash(password, { algorithm: "argon2id", ...cost })),
    verify: (password, hash) => inTurn(() => Bun.password.verify(password, hash)),
  };
}
