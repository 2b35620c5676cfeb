// Limits the number of open event streams and long-polls of each user and of each address. Ends a stream or long-poll
// when the credential that opened it ends.
import type { Authenticator, Credential } from "../../accounts/authenticate.ts";
import type { Caller } from "../../accounts/caller.ts";
import { AppError, isAppError } from "../../errors.ts";
import { type AddressSource, addressOfRequest } from "../middleware/address.ts";
import type { SessionCookie } from "../credentials/session-cookie.ts";

export interface LiveCaller {
  readonly request: Request;
  readonly source: AddressSource | undefined;
  readonly caller: Caller | undefined;
}

interface LivePlace {
  /**
   * Calls `call` one time when the credential has ended. The returned function prevents this call.
   * If the request had no credential, `call` is never called.
   */
  whenOver(call: () => void): () => void;
  /** Ends the registration. A second call does nothing. */
  leave(): void;
}

export interface LiveAnswers {
  /**
   * Registers a live response. Throws TOO_MANY_REQUESTS if the user or the address has too many
   * open responses. The caller of this method must call `leave` when the response has ended.
   */
  enter(asked: LiveCaller): LivePlace;
}

export interface LiveAnswersDeps {
  readonly findCaller: Authenticator;
  readonly sessionCookie: SessionCookie;
  readonly trustedProxies: number;
  /**
   * The maximum number of open responses in this process: for one user, and for all users at one
   * address. Only responses to users are counted, and not, for example, responses to business keys.
   */
  readonly liveLimits: { readonly user: number; readonly address: number };
}

/**
 * The time between two checks of a credential, in milliseconds. A check can use a cached fact that is up to 3.5 seconds
 * old. So a response ends less than five seconds after its credential has ended, if the checks are fast.
 */
const checkedEveryMs = 500;

interface Watched {
  readonly credential: Credential;
  readonly caller: Caller;
  readonly calls: Set<() => void>;
}

export function createLiveAnswers(deps: LiveAnswersDeps): LiveAnswers {
  const { sessionCookie, trustedProxies, liveLimits } = deps;
  const watch = createCredentialWatch(deps.findCaller);
  const open = new Map<string, number>();

  const add = (name: string, by: 1 | -1): void => {
    const count = (open.get(name) ?? 0) + by;
    if (count === 0) open.delete(name);
    else open.set(name, count);
  };

  return {
    enter({ request, source, caller }) {
      if (caller?.kind !== "user") return placeOf([], caller, request);
      const user = `user ${caller.businessId} ${caller.userId}`;
      const address = `address ${addressOfRequest(request, source, trustedProxies)}`;
      if ((open.get(user) ?? 0) >= liveLimits.user || (open.get(address) ?? 0) >= liveLimits.address)
        throw tooMany();
      return placeOf([user, address], caller, request);
    },
  };

  function placeOf(names: readonly string[], caller: Caller | undefined, request: Request): LivePlace {
    for (const name of names) add(name, 1);
    let hasLeft = false;
    return {
      whenOver: (call) =>
        caller === undefined ? () => {} : watch(sessionCookie.credentialOf(request.headers), caller, call),
      leave() {
        if (hasLeft) return;
        hasLeft = true;
        for (const name of names) add(name, -1);
      },
    };
  }
}

/**
 * Checks credentials regularly. A check of a credential counts for all responses that this credential opened. The timer
 * runs only while at least one response is open.
 */
function createCredentialWatch(findCaller: Authenticator) {
  const watched = new Map<string, Watched>();
  let timer: ReturnType<typeof setInterval> | undefined;
  let isChecking = false;

  async function check(): Promise<void> {
    if (isChecking) return;
    isChecking = true;
    // Credentials are checked one after the other, so that many listeners don't overload the database.
    for (const [name, { credential, caller, calls }] of watched) {
      if (await isStill(credential, caller)) continue;
      watched.delete(name);
      for (const call of [...calls]) call();
    }
    isChecking = false;
    stopIfIdle();
  }

  async function isStill(credential: Credential, caller: Caller): Promise<boolean> {
    if (findCaller.known(credential) !== undefined) return true;
    try {
      const now = await findCaller(credential);
      return now !== undefined && nameOf(now) === nameOf(caller);
    } catch (err) {
      // If the check itself fails, for example because the database is unavailable, the response
      // stays open.
      return !isAppError(err, "UNAUTHENTICATED");
    }
  }

  function stopIfIdle(): void {
    if (watched.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  }

  return (credential: Credential, caller: Caller, call: () => void): (() => void) => {
    const name = `${credential.authorization ?? ""}\n${credential.session ?? ""}`;
    const entry = watched.get(name) ?? { credential, caller, calls: new Set() };
    watched.set(name, entry);
    entry.calls.add(call);
    timer ??= setInterval(() => void check(), checkedEveryMs);
    timer.unref();
    return () => {
      entry.calls.delete(call);
      if (entry.calls.size === 0 && watched.get(name) === entry) watched.delete(name);
      stopIfIdle();
    };
  };
}

const nameOf = (caller: Caller): string => JSON.stringify(caller);

const tooMany = () =>
  new AppError("TOO_MANY_REQUESTS", "You have too many event streams open.", {
    hint: "Close some of them; one stream per generation is enough.",
    retryAfterSeconds: 5,
    details: { limit: "streams" },
  });
