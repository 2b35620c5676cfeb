// Answers the most frequent reads (GET) without the router. The router answers all other requests. The router also
// answers HEAD requests for the paths of the frequent reads, so it has a route for each of these paths.
import type { Hono } from "hono";
import type { Caller } from "../../accounts/caller.ts";
import type { MaybePromise } from "../../maybe-promise.ts";
import type { Identify } from "../credentials/identify.ts";
import { type HeaderRecord, withHeaders } from "../answers/cors.ts";
import type { AddressSource } from "../middleware/address.ts";
import type { CountCall } from "../middleware/limit-rates.ts";
import { urlLengthMax } from "../middleware/limit-url.ts";
import { problemResponse } from "../answers/problem.ts";
import type { BeginRequest } from "../requests/request-record.ts";
import type { HttpEnv } from "../wire.ts";
import { pathOf, type Read, type ReadParameters } from "./read.ts";

export interface FastPathDeps {
  readonly reads: readonly Read[];
  readonly begin: BeginRequest;
  readonly callerOf: Identify["callerOf"];
  /** Counts a read for the rate limits, as the router does for its requests. */
  readonly countCall: CountCall;
}

/** Adds the fast path in front of the app's router. */
export function addFastPath(app: Pick<Hono<HttpEnv>, "fetch">, deps: FastPathDeps): void {
  const route = app.fetch;
  const answer = createFastPath(deps);
  app.fetch = (request, ...rest) =>
    answer(request, rest[0] as AddressSource | undefined) ?? route(request, ...rest);
}

/**
 * Returns a function that answers a read. The returned function gives undefined if the router has to answer the
 * request. If the caller and the response are cached and no rate limit applies, it returns the response and not a
 * promise. It never throws, because it also returns a response for an error.
 */
function createFastPath({ reads, begin, callerOf, countCall }: FastPathDeps) {
  return (request: Request, source?: AddressSource): MaybePromise<Response> | undefined => {
    if (request.method !== "GET" || request.url.length > urlLengthMax) return undefined;
    const path = pathOf(request.url);
    // The router refuses a path with NUL.
    if (path.includes("%00")) return undefined;
    for (const read of reads) {
      const parameters = read.match(path);
      if (parameters !== undefined) return answer(read, parameters, request, source, path);
    }
    return undefined;
  };

  function answer(
    read: Read,
    parameters: ReadParameters,
    request: Request,
    source: AddressSource | undefined,
    path: string,
  ): MaybePromise<Response> {
    const { requestId, end } = begin(request, source, path);
    let caller: Caller | undefined;
    let rates: HeaderRecord | undefined;

    const answerTo = (found: Caller | undefined): MaybePromise<Response> => {
      caller = found;
      const asked = { request, source, caller, requestId };
      const counting = countCall({ request, source, path, caller });
      if (counting === undefined) return read.answer(asked, parameters);
      return counting.then(({ headers, refusal }) => {
        rates = headers;
        if (refusal !== undefined) throw refusal;
        return read.answer(asked, parameters);
      });
    };
    const finish = (response: Response, err?: unknown): MaybePromise<Response> => {
      if (rates !== undefined) withHeaders(response, rates);
      return end(response, { route: read.route, caller, err });
    };
    const succeed = (response: Response) => finish(response);
    const fail = (err: unknown) => finish((read.answerError ?? problemResponse)(err, requestId), err);

    try {
      const found = callerOf(request, source);
      const response = found instanceof Promise ? found.then(answerTo) : answerTo(found);
      return response instanceof Promise ? response.then(succeed, fail) : succeed(response);
    } catch (err) {
      return fail(err);
    }
  }
}
