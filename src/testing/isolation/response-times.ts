// Measures whether a request with an id of another business takes as long as the same request with an id that doesn't
// exist. A difference would reveal to the caller that the id exists.
import type { Row } from "./attempts.ts";
import { send } from "./run-matrix.ts";
import { type App, type Ids, missingIds, type Tenant } from "./tenant.ts";

interface Measured {
  readonly app: App;
  readonly rows: Readonly<Record<string, Row>>;
  readonly tenants: readonly Tenant[];
}

/**
 * Measures each attempt in `rows` whose method is in `methods`, except the attempts that have the field `isLoose` or
 * the field `as` (see `Attempt`). The caller is the first tenant, with its user token. Returns one line for each
 * attempt whose times differ.
 *
 * A measurement sends the request of an attempt many times with ids of another business, and as often with ids that don't
 * exist. It compares the fastest time with existing ids and the fastest time with missing ids. The difference of the two
 * counts if it is more than 1 ms, and also more than the fastest time with missing ids. Other work on the machine can cause such a difference by chance. So an
 * attempt is only reported if five measurements in a row show a difference.
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
