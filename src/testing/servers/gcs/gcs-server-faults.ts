// Defines which parts of a request to the storage server a test can inspect, and which faults it can inject.

export interface GcsRequest {
  readonly kind:
    | "session"
    | "put"
    | "cancel"
    | "multipart"
    | "metadata"
    | "media"
    | "list"
    | "compose"
    | "delete"
    | "link";
  readonly name: string;
  /** The Content-Range of an upload, or the Range of a read. */
  readonly range: string | undefined;
  readonly bytes: number;
}

export interface Fault {
  /**
   * The server responds with this status and does not handle the request. If `keepBytes` is set, the server first
   * stores that many bytes of the request.
   */
  readonly status?: number;
  /** The reason in the body of the response with `status`. */
  readonly reason?: string;
  /** For a "put" request with a `status`: the number of its bytes that the server stores before it sends the status. */
  readonly keepBytes?: number;
  /** The server handles the request, but sends only this many bytes of the body of the response. */
  readonly bodyBytes?: number;
  /** The server sends this response, and ignores the other fields and the request. */
  readonly answer?: Response;
}

export function refusal(code: number, reason = "backendError"): Response {
  const message = `refused: ${reason}`;
  return Response.json(
    { error: { code, message, errors: [{ message, domain: "global", reason }] } },
    { status: code },
  );
}

/** Returns a copy of the response that has only the first `bodyBytes` bytes of the body. */
export async function faulty(answer: Response, bodyBytes: number): Promise<Response> {
  const { status, headers } = answer;
  return new Response((await answer.arrayBuffer()).slice(0, bodyBytes), { status, headers });
}
