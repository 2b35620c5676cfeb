// Records a request: gives it an id, measures its duration, logs it and counts it. Two places use this file:
// the router, and the code that answers frequent reads without the router (reads/fast-path.ts).
import type { Caller } from "../../accounts/caller.ts";
import type { MaybePromise } from "../../maybe-promise.ts";
import type { Log } from "../../process/log.ts";
import type { Identify } from "../credentials/identify.ts";
import type { Metrics } from "../metrics/metrics.ts";
import type { AddressSource } from "../middleware/address.ts";
import { protectAnswer } from "../answers/protect-answer.ts";

export interface RequestRecordDeps {
  readonly log: Pick<Log, "request">;
  readonly metrics: Pick<Metrics, "countRequest">;
  newRequestId(): string;
  readonly countFailure: Identify["countFailure"];
}

interface RequestRecord {
  readonly requestId: string;
  /**
   * Ends the record: sets the headers that every response must have, and logs and counts the
   * request. Call `end` exactly one time for each request, and send only the response that it
   * returns. If the client's address has sent too many wrong credentials, that response is a refusal
   * in place of `response`.
   */
  end(response: Response, outcome: RequestOutcome): MaybePromise<Response>;
}

interface RequestOutcome {
  /** The route in the format of the metrics, for example "/v1/queries/:name". */
  readonly route: string;
  readonly caller: Caller | undefined;
  readonly err: unknown;
}

/** Begins the record. `path` is not decoded and has no query string. */
export type BeginRequest = (
  request: Request,
  source: AddressSource | undefined,
  path: string,
) => RequestRecord;

/**
 * The request ids that are accepted from a client. Any other id is replaced by a new one. A client
 * that sends an id finds the request under this id in its own logs and in the server's logs.
 */
const acceptedId = /^[\w.:-]{1,128}$/;

export function createRequestRecords(deps: RequestRecordDeps): BeginRequest {
  const { log, metrics, newRequestId, countFailure } = deps;
  return (request, source, path) => {
    const startedMs = performance.now();
    const { method, headers } = request;
    const sent = headers.get("x-request-id");
    const requestId = sent !== null && acceptedId.test(sent) ? sent : newRequestId();

    const write = (response: Response, { route, caller, err }: RequestOutcome): Response => {
      const ms = Math.round((performance.now() - startedMs) * 100) / 100;
      const { status } = response;
      protectAnswer(response.headers);
      response.headers.set("x-request-id", requestId);
      response.headers.set("server-timing", `total;dur=${ms}`);
      metrics.countRequest(method, route, status, ms / 1000);
      const businessId = caller !== undefined && "businessId" in caller ? caller.businessId : undefined;
      log.request({ requestId, method, path, status, ms, businessId, err });
      return response;
    };

    return {
      requestId,
      end(response, outcome) {
        const counting = countFailure(request, source, { response, err: outcome.err, requestId });
        return counting === undefined
          ? write(response, outcome)
          : counting.then((counted) => write(counted, outcome));
      },
    };
  };
}
