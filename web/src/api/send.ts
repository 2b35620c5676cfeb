// Sends JSON over fetch with the session's cookie, and turns problem responses into errors.
import { t } from "../i18n/translate.ts";
import { at } from "../address/at.ts";
import type { Problem } from "./wire.ts";

/**
 * The error for a request that the server refused, or that got no complete response. `message` says
 * what is wrong, and `hint` says what to do. `status` is 0 if no response came, or if a successful
 * response could not be read. `code` is "UNKNOWN" if the response contains no error code.
 */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly status: number;
  readonly code: string;
  readonly hint: string | undefined;

  constructor(message: string, status: number, code: string, hint: string | undefined) {
    super(message);
    this.status = status;
    this.code = code;
    this.hint = hint;
  }
}

/** Throws the error for a response that did not arrive, or that did not arrive completely. */
export function throwUnreachable(): never {
  throw new ApiError(
    t("The server can’t be reached."),
    0,
    "UNREACHABLE",
    t("Check your connection, then try again."),
  );
}

/** Reads the problem in the body of an error response. Returns an empty problem if the body contains none. */
export async function readProblem(res: Response): Promise<Problem> {
  const body = (await res.json().catch(() => null)) as Problem | null;
  return body ?? {};
}

/**
 * Returns the JSON of the response, or undefined for status 204. Throws ApiError if the server
 * refuses the request or can't be reached, or if a successful response can't be read to its end or
 * is not JSON.
 */
export async function send<T>(
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<T> {
  const init: RequestInit = { method, headers: { accept: "application/json", ...headers } };
  if (body !== undefined) {
    init.body = JSON.stringify(body);
    init.headers = { ...init.headers, "content-type": "application/json" };
  }
  const res = await fetch(at(path), init).catch(throwUnreachable);
  if (!res.ok) throw await problemOf(res);
  return (res.status === 204 ? undefined : await res.json().catch(throwUnreachable)) as T;
}

async function problemOf(res: Response): Promise<ApiError> {
  const problem = await readProblem(res);
  const fault = problem.faults?.[0];
  const message =
    fault?.message ??
    problem.detail ??
    problem.title ??
    t("The server answered {status}.", { status: String(res.status) });
  const { code = "UNKNOWN" } = problem;
  const hint = fault?.hint ?? problem.hint;
  // The page's texts for refusals are loaded only after a refusal. If they can't be loaded, the server's text is shown.
  const said = await import("./refusals.ts").then(
    ({ wordsOf }) => wordsOf({ code, message, hint, details: problem.details }),
    () => ({ message, hint }),
  );
  return new ApiError(said.message, res.status, code, said.hint);
}
