// What a test may see of a request to the storage server, and how it may make it fail.

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
  /** Content-Range of an upload, Range of a read. */
  readonly range: string | undefined;
  readonly bytes: number;
}

export interface Fault {
  /** Answered in place of doing anything. */
  readonly status?: number;
  readonly reason?: string;
  /** Of an upload's piece, so much is kept before it fails. */
  readonly keepBytes?: number;
  /** The answer's body ends after so many. */
  readonly bodyBytes?: number;
  readonly answer?: Response;
}

export function refusal(code: number, reason = "backendError"): Response {
  const message = `refused: ${reason}`;
  return Response.json(
    { error: { code, message, errors: [{ message, domain: "global", reason }] } },
    { status: code },
  );
}

/** The same answer, that ends before its end. */
export async function faulty(answer: Response, bodyBytes: number): Promise<Response> {
  const { status, headers } = answer;
  return new Response((await answer.arrayBuffer()).slice(0, bodyBytes), { status, headers });
}
