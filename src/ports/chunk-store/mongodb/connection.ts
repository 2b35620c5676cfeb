// The connection to a MongoDB: what kind of deployment it is, and how long a step is tried again while it is away.
import { type ClientSession, MongoClient, type MongoClientOptions } from "mongodb";
import { away, isAway, translated } from "./errors.ts";

export interface Deployment {
  /** A replica set or a cluster of shards: has transactions and change streams. */
  readonly isReplicated: boolean;
}

export interface Connection {
  readonly client: MongoClient;
  /** Asked of the server once. */
  deployment(): Promise<Deployment>;
  /**
   * Runs a step that may be run again. A server that is away gets a moment to come back; after that,
   * steps fail at once until it is time to look again. Errors leave as ours.
   */
  run<T>(step: () => Promise<T>): Promise<T>;
  /** As `run`, all or nothing. Only where `isReplicated`. */
  transact(step: (session: ClientSession) => Promise<unknown>): Promise<void>;
  close(): Promise<void>;
}

/** How long a step waits for a server that has just gone away. */
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
  let asked: Promise<Deployment> | undefined;

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

  const askDeployment = async (): Promise<Deployment> => {
    const hello = await run(() => client.db("admin").command({ hello: 1 }));
    return { isReplicated: typeof hello.setName === "string" || hello.msg === "isdbgrid" };
  };

  return {
    client,
    run,
    deployment() {
      asked ??= askDeployment().catch((err: unknown) => {
        asked = undefined;
        throw err;
      });
      return asked;
    },
    transact: (step) =>
      run(() => client.withSession((session) => session.withTransaction(() => step(session)))).then(() => {}),
    close: () => client.close(true),
  };
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
