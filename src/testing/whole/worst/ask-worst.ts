// Sends requests with the worst possible contents to a server, one after the other. Measures how long each request
// takes, and how long requests for /health wait during the same time.
import { worstHealthBeside } from "../load/health-beside.ts";
import type { WorstRequest } from "./worst-requests.ts";

export interface WorstAnswers {
  readonly asked: number;
  /** The twelve slowest requests, with the slowest first. */
  readonly slowest: readonly { readonly what: string; readonly status: number; readonly ms: number }[];
  /** The longest response time of /health while the requests ran, in milliseconds. */
  readonly othersMs: number;
  /** The number of responses by status. */
  readonly statuses: Readonly<Record<string, number>>;
}

/**
 * A request without a complete response gets the status 0. If a request for /health gets no complete response, this
 * function throws.
 */
export async function askWorst(url: string, requests: Iterable<WorstRequest>): Promise<WorstAnswers> {
  const answers: { what: string; status: number; ms: number }[] = [];
  const statuses: Record<string, number> = {};
  const ask = async (): Promise<void> => {
    for (const { what, method, path, headers, body } of requests) {
      const startedMs = performance.now();
      const status = await fetch(url + path, {
        method,
        headers,
        redirect: "manual",
        ...(body === undefined ? {} : { body }),
      }).then(
        async (answer) => {
          await answer.arrayBuffer();
          return answer.status;
        },
        () => 0,
      );
      answers.push({ what, status, ms: performance.now() - startedMs });
      statuses[status] = (statuses[status] ?? 0) + 1;
    }
  };
  const othersMs = await worstHealthBeside(url, ask());
  const slowest = answers.sort((one, other) => other.ms - one.ms).slice(0, 12);
  return { asked: answers.length, slowest, othersMs, statuses };
}
