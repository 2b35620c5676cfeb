// Finds the caller of a request and counts wrong credentials, for the router and for the fast path. The fast path
// answers the most frequent reads without the router.
import type { createAuthenticator, Credential } from "../../accounts/authenticate.ts";
import type { Caller } from "../../accounts/caller.ts";
import { type AddressSource, addressOfRequest } from "../middleware/address.ts";
import { type FailedCredentials, isWrongCredential } from "./failed-credentials.ts";
import { problemResponse } from "../answers/problem.ts";
import type { SessionCookie } from "./session-cookie.ts";

export interface IdentifyDeps {
  readonly findCaller: ReturnType<typeof createAuthenticator>;
  readonly sessionCookie: SessionCookie;
  readonly failedCredentials: FailedCredentials;
  readonly trustedProxies: number;
}

export interface Identify {
  /**
   * Returns the caller; undefined if the request has no credential, or only an invalid cookie. The
   * result is not a promise if the credential is cached. Errors: UNAUTHENTICATED for an invalid
   * Authorization header, and TOO_MANY_REQUESTS for an unknown key from an address that has failed
   * too often.
   */
  callerOf(
    request: Request,
    source: AddressSource | undefined,
  ): Caller | undefined | Promise<Caller | undefined>;
  /**
   * Counts a failure in two cases: the credential was wrong, or a request with a session cookie was answered with 401.
   * In all other cases, returns undefined. Resolves with the response to send: a refusal if the address has failed too
   * often, and otherwise `answered.response`.
   */
  countFailure(
    request: Request,
    source: AddressSource | undefined,
    answered: Answered,
  ): Promise<Response> | undefined;
}

interface Answered {
  readonly response: Response;
  readonly err: unknown;
  readonly requestId: string;
}

export function createIdentify(deps: IdentifyDeps): Identify {
  const { findCaller, sessionCookie, failedCredentials, trustedProxies } = deps;

  async function findByKey(credential: Credential, authorization: string, address: string) {
    failedCredentials.refuseGuess(authorization, address);
    const caller = await findCaller(credential);
    failedCredentials.see(authorization, address);
    return caller;
  }

  return {
    callerOf(request, source) {
      const credential = sessionCookie.credentialOf(request.headers);
      const { authorization } = credential;
      if (authorization === undefined) return findCaller(credential);
      const known = findCaller.known(credential);
      if (known !== undefined) return known;
      return findByKey(credential, authorization, addressOfRequest(request, source, trustedProxies));
    },
    countFailure(request, source, { response, err, requestId }) {
      const isWrong =
        isWrongCredential(err) ||
        (response.status === 401 && sessionCookie.read(request.headers) !== undefined);
      if (!isWrong) return undefined;
      const address = addressOfRequest(request, source, trustedProxies);
      return failedCredentials
        .count(address)
        .then((refusal) => (refusal === undefined ? response : problemResponse(refusal, requestId)));
    },
  };
}
