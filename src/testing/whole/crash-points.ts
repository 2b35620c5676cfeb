// Kills the code at one chosen call to a store, just before it or just after, as a process that dies there would be.
import type { KyselyPlugin } from "kysely";
import type { OpenDatabases } from "../../businesses/open-databases.ts";
import type { Database } from "../../ports/database/database.ts";

export class Crash extends Error {
  override readonly name = "Crash";
}

export type Moment = "before" | "after";

export interface CrashPoints {
  readonly steps: number;
  /** Every promise that a method of the store gives is a step. */
  store<Store extends object>(store: Store): Store;
  /** Every statement outside a transaction is a step, and so is every transaction: it is done whole or not at all. */
  database<Tables>(database: Database<Tables>): Database<Tables>;
  /** The same, of businesses; what runs as text is not counted. */
  databases(databases: OpenDatabases): OpenDatabases;
}

/** The `at`th step is the last: nothing that is called after it does anything. */
export function createCrashPoints(at: number, moment: Moment): CrashPoints {
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
  /** With stores that crash. */
  act(points: CrashPoints, prepared: Prepared): Promise<unknown>;
  /** With stores that don't: what would be tried again. */
  recover(prepared: Prepared): Promise<unknown>;
  check(prepared: Prepared): Promise<void>;
}

const stepsMax = 200;

/** Crashes before and after every step in turn, each time recovers and checks. Gives how many steps there were. */
export async function crashAtEveryStep<Prepared>(run: CrashRun<Prepared>): Promise<number> {
  let most = 0;
  for (const moment of ["before", "after"] as const) {
    for (let at = 1; ; at++) {
      if (at > stepsMax) throw new Error(`More than ${stepsMax} steps: does it ever end?`);
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
