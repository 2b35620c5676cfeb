// Measures whether a request with the ids of another business takes more or less time than the same request with ids
// that don't exist. A difference would reveal that the other business has something with such an id.
import type { Row } from "./attempts.ts";
import { send } from "./run-matrix.ts";
import { type App, type Ids, missingIds, type Tenant } from "./tenant.ts";

interface Measured {
  readonly app: App;
  readonly rows: Readonly<Record<string, Row>>;
  readonly tenants: readonly Tenant[];
}

/**
 * Repeats the requests that have one of these methods, both with the ids of another business and
 * with ids that don't exist, all with the user token of the first tenant. Leaves out requests with
 * `isLoose` or `as`. Returns one line for each request for which five measurements in a row show a
 * difference. A measurement takes the time of the fastest response for each of the two kinds of ids.
 * It shows a difference if one of the two times is more than 1 ms longer than the other, and if the
 * difference is also longer than the time for ids that don't exist.
 */
export async function differentTimes(
  { app, rows, tenants }: Measured,
  methods: readonly string[],
): Promise<readonly string[]> {
  const [own, other] = tenants as readonly [Tenant, Tenant];
  const missing = missingIds(own);
  const different: string[] = [];
  for (const [route, row] of Object.entries(rows)) {
    const method = route.slice(0, route.indexOf(" ")).toUpperCase();
    if (!methods.includes(method)) continue;
    const ask = (ids: Ids, index: number) =>
      send(app, method, row(ids, own)[index]!, own.credentials["user token"], ids);
    for (const [index, attempt] of row(other.ids, own).entries()) {
      if (attempt.isLoose || attempt.as) continue;
      const measure = async (rounds: number) => {
        const times = { theirs: [] as number[], missing: [] as number[] };
        for (let round = 0; round < rounds; round += 1) {
          times.theirs.push(await durationOf(() => ask(other.ids, index)));
          times.missing.push(await durationOf(() => ask(missing, index)));
        }
        const [theirs, none] = [Math.min(...times.theirs), Math.min(...times.missing)];
        const differs = Math.abs(theirs - none) > Math.max(1, none);
        return differs ? `${route}: ${theirs} and ${none} ms` : undefined;
      };
      // Other work on the machine delays some calls, but rarely all. So only the fastest calls are
      // compared.
      const differences = [await measure(7)];
      while (differences.at(-1) !== undefined && differences.length < 5) differences.push(await measure(25));
      const last = differences.at(-1);
      if (last !== undefined) different.push(last);
    }
  }
  return different;
}

async function durationOf(work: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return performance.now() - startedMs;
}
