// Provides a fake fetch that records the requests and answers them from a table with keys such as "GET /path".

export interface Asked {
  readonly method: string;
  /** The path with the query string. */
  readonly path: string;
  /** The parsed JSON if the body was a string, otherwise undefined. */
  readonly body: unknown;
}

type Answer = (asked: Asked) => Response | Promise<Response>;

/**
 * Replaces the global fetch, and does not restore it later. The fake accepts only URLs that are
 * strings. A key of `answers` is the method and the path without the query string, such as
 * "GET /path". Returns the list to which each request is added. A request for which there is no
 * answer fails with a TypeError, like a network error.
 */
export function installFakeFetch(answers: Record<string, Answer>): Asked[] {
  const asked: Asked[] = [];
  const fake = async (input: string, init: RequestInit = {}): Promise<Response> => {
    const method = init.method ?? "GET";
    const body = typeof init.body === "string" ? JSON.parse(init.body) : undefined;
    const one = { method, path: input, body };
    asked.push(one);
    const answer = answers[`${method} ${input.split("?")[0]}`];
    if (!answer) throw new TypeError("Failed to fetch");
    return answer(one);
  };
  Object.assign(globalThis, { fetch: fake });
  return asked;
}

export const json = (value: unknown, status = 200): Response => Response.json(value, { status });

/** Returns a successful response whose connection breaks while the body is read. */
export const broken = (): Response =>
  new Response(new ReadableStream({ pull: (body) => body.error(new TypeError("network error")) }));
