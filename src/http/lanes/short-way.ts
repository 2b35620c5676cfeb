// A request answered without the router: caller, id, time, log line and count are as the router's middleware leave them.
import type { Caller } from "../../accounts/caller.ts";
import type { AddressSource } from "../middleware/address.ts";
import { broughtId, type ObserveDeps } from "../middleware/observe.ts";
import { protectAnswer } from "../protect-answer.ts";
import { problemResponse } from "../problem.ts";

export type ShortWayDeps = ObserveDeps;

export interface Answering {
  /** As the metrics name it. */
  readonly route: string;
  readonly path: string;
  readonly answer: (caller: Caller | undefined, requestId: string) => Response | Promise<Response>;
  /** The answer to what was thrown; the problem as everywhere where not given. */
  readonly faultOf?: (err: unknown, requestId: string) => Response;
}

export type ShortWay = (
  request: Request,
  source: AddressSource | undefined,
  answering: Answering,
) => Response | Promise<Response>;

/** Without a promise where the caller is known and the answer is there. */
export function createShortWay({ log, metrics, newRequestId, identify }: ShortWayDeps): ShortWay {
  return (request, source, { route, path, answer, faultOf = problemResponse }) => {
    const startedMs = performance.now();
    const { method, headers } = request;
    const brought = headers.get("x-request-id");
    const requestId = brought !== null && broughtId.test(brought) ? brought : newRequestId();
    let caller: Caller | undefined;

    const answerTo = (found: Caller | undefined) => {
      caller = found;
      return answer(found, requestId);
    };
    const end = (response: Response, err?: unknown): Response => {
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
    const succeed = (response: Response) => end(response);
    const fail = (err: unknown): Response | Promise<Response> => {
      const response = faultOf(err, requestId);
      const counted = identify.countFailure(request, source, { response, err, requestId });
      return counted === undefined ? end(response, err) : counted.then((answered) => end(answered, err));
    };

    try {
      const found = identify.callerOf(request, source);
      const response = found instanceof Promise ? found.then(answerTo) : answerTo(found);
      return response instanceof Promise ? response.then(succeed, fail) : succeed(response);
    } catch (err) {
      return fail(err);
    }
  };
}
