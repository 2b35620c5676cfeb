// Opens a connection to MongoDB, detects the type of deployment, and retries operations for a limited time while the
// server is unreachable.
import { type ClientSession, MongoClient, type MongoClientOptions } from "mongodb";
import { makeOnce } from "../../../make-once.ts";
import { away, isAway, translated } from "./errors.ts";

interface Deployment {
  /** Whether the server is a replica set or a sharded cluster, which have transactions and change streams. */
  readonly isReplicated: boolean;
}

export interface Connection {
  readonly client: MongoClient;
  /** Asks the server and caches the answer. After an error, the next call asks again. */
  deployment(): Promise<Deployment>;
  /**
   * Runs an idempotent operation. If the server becomes unreachable, the operation is retried for up to a second. If
   * every retry fails, a pause of at most two seconds begins, in which each operation fails immediately with
   * UNAVAILABLE. An operation after the pause is tried once. If it fails because the server is still unreachable, the
   * next pause begins. Errors are those of `translated` (errors.ts).
   */
  run<T>(step: () => Promise<T>): Promise<T>;
  /**
   * Like `run`, but in a transaction. Call `transact` only if `isReplicated` is true. If the
   * transaction has to be repeated, `step` runs again.
   */
  transact(step: (session: ClientSession) => Promise<unknown>): Promise<void>;
  close(): Promise<void>;
}

/** How long operations are retried when the server has just become unreachable. */
const patienceMs = 1_000;
const lookAgainMs = { first: 100, most: 2_000 };

const defaults: MongoClientOptions = {
  appName: "rondo",
  maxPoolSize: 16,
  maxIdleTimeMS: 60_000,
  connectTimeoutMS: 2_000,
  serverSelectionTimeoutMS: 1_500,
  waitQueueTimeoutMS: 5_000,
  socketTimeoutMS: 10_000,
  heartbeatFrequencyMS: 5_000,
  writeConcern: { w: "majority" },
  ignoreUndefined: true,
};

export function createConnection(url: string, options: MongoClientOptions = {}): Connection {
  const client = new MongoClient(url, { ...defaults, ...options });
  let failures = 0;
  let lookAgainAt = 0;

  const failed = (): void => {
    const waitMs = Math.min(lookAgainMs.most, lookAgainMs.first * 2 ** failures++);
    lookAgainAt = performance.now() + waitMs * (0.5 + Math.random() / 2);
  };

  const run = async <T>(step: () => Promise<T>): Promise<T> => {
    if (performance.now() < lookAgainAt) throw away(undefined);
    const giveUpAt = failures === 0 ? performance.now() + patienceMs : 0;
    for (let pauseMs = 10; ; pauseMs *= 2) {
      try {
        const result = await step();
        failures = 0;
        lookAgainAt = 0;
        return result;
      } catch (err) {
        if (!isAway(err)) throw translated(err);
        if (performance.now() + pauseMs < giveUpAt) {
          await pause(pauseMs * (0.5 + Math.random()));
          continue;
        }
        failed();
        throw translated(err);
      }
    }
  };

  const deployment = makeOnce(async (): Promise<Deployment> => {
    const hello = await run(() => client.db("admin").command({ hello: 1 }));
    return { isReplicated: typeof hello.setName === "string" || hello.msg === "isdbgrid" };
  });

  return {
    client,
    run,
    deployment,
    transact: (step) =>
      run(() => client.withSession((session) => session.withTransaction(() => step(session)))).then(() => {}),
    close: () => client.close(true),
  };
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
