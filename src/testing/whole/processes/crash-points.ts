// Simulates a crash just before or just after one chosen call to a store.
import type { KyselyPlugin } from "kysely";
import type { OpenDatabases } from "../../../businesses/databases/open-databases.ts";
import type { Database } from "../../../ports/database/database.ts";
import { runsLongTests } from "../../long-tests.ts";

class Crash extends Error {
  override readonly name = "Crash";
}

type Moment = "before" | "after";

export interface CrashPoints {
  /** The number of steps that have begun. The methods below say which calls are steps. */
  readonly steps: number;
  /**
   * Wraps a store. Each call of a method of the wrapped store is a step, except a call of `watch`. Each method except
   * `watch` returns a promise, even if the method of the original store does not.
   */
  store<Store extends object>(store: Store): Store;
  /**
   * Wraps a database. Each statement outside of a transaction is a step, whether it is built with
   * Kysely or passed to `run` as SQL text. Each whole transaction is one step.
   */
  database<Tables>(database: Database<Tables>): Database<Tables>;
  /**
   * Wraps the databases of businesses. Each statement that is built with Kysely is a step if it is outside of a
   * transaction. Each whole call of `transaction` or `promising` is one step. A call of `run` is not a step.
   */
  databases(databases: OpenDatabases): OpenDatabases;
}

/**
 * Creates stores that crash at step number `at`. Each later step also throws, and changes nothing.
 */
function createCrashPoints(at: number, moment: Moment): CrashPoints {
  let steps = 0;
  let isDead = false;

  const begin = (): boolean => {
    if (isDead) throw new Crash();
    steps += 1;
    isDead = steps === at;
    if (isDead && moment === "before") throw new Crash();
    return isDead;
  };

  const step = async <T>(run: () => Promise<T>): Promise<T> => {
    const isLast = begin();
    const result = await run();
    if (isLast) throw new Crash();
    return result;
  };

  const statements = (): KyselyPlugin => {
    let isLast = false;
    return {
      transformQuery({ node }) {
        isLast = begin();
        return node;
      },
      async transformResult({ result }) {
        if (isLast) throw new Crash();
        return result;
      },
    };
  };

  const database = <Tables>(real: Database<Tables>): Database<Tables> => ({
    ...real,
    kysely: real.kysely.withPlugin(statements()),
    transaction: (work) => step(() => real.transaction(work)),
  });

  return {
    get steps() {
      return steps;
    },
    store: (store) =>
      new Proxy(store, {
        get(target, name) {
          const value: unknown = Reflect.get(target, name);
          if (typeof value !== "function" || name === "watch") return value;
          return (...args: unknown[]) => step(async () => value.apply(target, args));
        },
      }),
    database: (real) => ({
      ...database(real),
      run: (...args) => step(async () => real.run(...args)),
    }),
    databases: (databases) => ({
      ...databases,
      use: (businessId, work) =>
        databases.use(businessId, (real) =>
          work({
            ...database(real),
            promising: (kinds, work) => step(() => real.promising(kinds, work)),
          }),
        ),
    }),
  };
}

export interface CrashRun<Prepared> {
  prepare(): Promise<Prepared>;
  /** Runs the action with stores that crash. */
  act(points: CrashPoints, prepared: Prepared): Promise<unknown>;
  /** Runs the recovery with stores that don't crash. */
  recover(prepared: Prepared): Promise<unknown>;
  check(prepared: Prepared): Promise<void>;
}

const stepsMax = 200;

/**
 * A crash just after a step should leave the same state as a crash just before the next step. So short runs try only
 * the first kind of crash.
 */
const moments: readonly Moment[] = runsLongTests ? ["before", "after"] : ["after"];
/** The number of crashes that are tried at each step, as a word for the output of tests. */
export const crashesPerStep = moments.length === 1 ? "once" : "twice";

/**
 * Tests the recovery after a crash at each step of an action. For each step, calls `prepare`, `act` with a crash at
 * this step, `recover` and `check`. At the end, does the same without a crash. The long tests do all this twice: first
 * with crashes just before the steps, then with crashes just after them. With `every` 2, only every second step is
 * tried, beginning with the step `first`. Returns the number of the last step that was tried. If the action throws an
 * error other than the crash, throws this error.
 */
export async function crashAtEveryStep<Prepared>(
  run: CrashRun<Prepared>,
  { first = 1, every = 1 } = {},
): Promise<number> {
  let most = 0;
  for (const moment of moments) {
    for (let at = first; ; at += every) {
      if (at > stepsMax)
        throw new Error(`There are more than ${stepsMax} steps, so the action may never end.`);
      const prepared = await run.prepare();
      const points = createCrashPoints(at, moment);
      const crashed = await run.act(points, prepared).then(
        () => false,
        (err: unknown) => {
          if (err instanceof Crash) return true;
          throw err;
        },
      );
      await run.recover(prepared);
      await run.check(prepared);
      if (!crashed && points.steps < at) break;
      most = Math.max(most, points.steps);
    }
  }
  return most;
}
