// Defines the interface of a read, which answers one of the most frequent kinds of GET requests.
// Two places call a read: the fast path, which is tried first, and the router. Because both use the
// same implementation, both send the same response.
import type { MaybePromise } from "../../maybe-promise.ts";
import type { LiveCaller } from "../answers/live-answers.ts";

/** A request with its id, its caller and the server that received the request. */
export interface ReadRequest extends LiveCaller {
  readonly requestId: string;
}

export type ReadParameters = Readonly<Record<string, string>>;

export interface Read<Parameters extends ReadParameters = ReadParameters> {
  /** The path in the format of the router and the metrics, for example "/v1/queries/:name". */
  readonly route: string;
  /**
   * Returns the parameters in a path; undefined if the path belongs to another route. The path is not decoded and has
   * no query string.
   */
  match(path: string): Parameters | undefined;
  /**
   * Answers GET. The router also calls this function for HEAD, and then sends no body. On an error,
   * the function throws, or its promise is rejected. Callers must handle both.
   */
  answer(asked: ReadRequest, parameters: Parameters): MaybePromise<Response>;
  /**
   * Creates the response to an error. Without this function, an error gets the usual response
   * (application/problem+json), without further headers.
   */
  answerError?(err: unknown, requestId: string): Response;
}

/** Returns the path of an absolute URL, for example of `Request.url`. The path is not decoded. */
export function pathOf(url: string): string {
  const start = url.indexOf("/", url.indexOf("://") + 3);
  const end = url.indexOf("?", start);
  return url.slice(start, end === -1 ? undefined : end);
}
