// Defines the type of a lie: a deliberate fault of a generator, for tests. Without a lie, the test's generator server
// is correct. A lie replaces parts of this server. Each function gets the correct part and returns the faulty one: for
// example, `send` gets the function that sends chunks, and returns another one that loses a chunk.
import type { Generator } from "../../../ports/generator/generator.ts";
import type { Insert } from "../deliver-to-mongodb.ts";
import type { Send } from "../deliver-to-stream.ts";
import type { GeneratorServerOptions } from "../generator-server.ts";
import type { Handle } from "../serve.ts";

export interface Lie {
  readonly options?: Partial<GeneratorServerOptions>;
  readonly generator?: (honest: Generator) => Generator;
  /** Called one time for each server, so that the replacement can keep separate state for each server. */
  readonly respond?: (honest: Handle) => Handle;
  readonly send?: (honest: Send) => Send;
  readonly insert?: (honest: Insert) => Insert;
}

type Facts = Record<string, unknown>;

/** Returns whether the request has this method and a path that begins with `start`. */
export const isCall = (request: Request, method: string, start: string): boolean =>
  request.method === method && new URL(request.url).pathname.startsWith(start);

/** Changes the JSON of each successful response to a GET request whose path begins with `path`. */
export const changedAnswer = (path: string, change: (facts: Facts) => Facts): Lie => ({
  respond: (honest) => async (request) => {
    const answer = await honest(request);
    if (!isCall(request, "GET", path) || !answer.ok) return answer;
    return Response.json(change((await answer.json()) as Facts));
  },
});

/**
 * Changes the JSON of POST /generate before the correct server reads the JSON. A body that is not JSON stays unchanged.
 * The signature of the request does not match the changed JSON, so the server is set to accept every signature.
 */
export const changedRequest = (change: (body: Facts) => Facts): Lie => ({
  options: { verify: () => true },
  respond: (honest) => async (request) => {
    if (!isCall(request, "POST", "/generate")) return honest(request);
    const text = await request.text();
    const body = parsed(text);
    return honest(withBody(request, body === undefined ? text : JSON.stringify(change(body))));
  },
});

/**
 * If `isMeant` returns true for the JSON of POST /generate, responds with `answer`. If the body is not JSON, `isMeant`
 * gets {}. The correct server responds to all other requests.
 */
export const answeredBy = (isMeant: (body: Facts) => boolean, answer: () => Response): Lie => ({
  respond: (honest) => async (request) => {
    if (!isCall(request, "POST", "/generate")) return honest(request);
    const text = await request.text();
    return isMeant(parsed(text) ?? {}) ? answer() : honest(withBody(request, text));
  },
});

const withBody = (request: Request, body: string): Request =>
  new Request(request.url, { method: request.method, headers: request.headers, body });

function parsed(text: string): Facts | undefined {
  try {
    return JSON.parse(text) as Facts;
  } catch {
    return undefined;
  }
}

export const problem = (status: number): Response =>
  Response.json({ code: "INVALID_PARAMETER", message: "No.", hint: "Don't." }, { status });
