// Defines a frequent read once, so that the fast path and the router answer it alike.
import type { MaybePromise } from "../../maybe-promise.ts";
import type { LiveCaller } from "../live-answers.ts";

/** The request, the server it came through, its caller and its id. */
export interface ReadRequest extends LiveCaller {
  readonly requestId: string;
}

export type ReadParameters = Readonly<Record<string, string>>;

export interface Read<Parameters extends ReadParameters = ReadParameters> {
  /** The address as the router and the metrics write it, for example "/v1/queries/:name". */
  readonly route: string;
  /** The parameters in a path, which is neither decoded nor has a query string; undefined if the path belongs to another route. */
  match(path: string): Parameters | undefined;
  /** Answers GET, and HEAD through the router, which then sends no body. Errors are thrown, or the promise is rejected. */
  answer(asked: ReadRequest, parameters: Parameters): MaybePromise<Response>;
  /** Makes the response to an error. Without it, the problem has no further headers. */
  answerError?(err: unknown, requestId: string): Response;
}

/** The path of a URL as it was sent. */
export function pathOf(url: string): string {
  const start = url.indexOf("/", url.indexOf("://") + 3);
  const end = url.indexOf("?", start);
  return url.slice(start, end === -1 ? undefined : end);
}
