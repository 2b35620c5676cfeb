// Opens a connection to Redis or a Redis cluster. In the first second after the client was created, `reach` waits for
// the connection. Each command has a time limit of one second.
import { Cluster, Redis, type RedisOptions } from "ioredis";

export interface RedisClient {
  readonly client: Redis | Cluster;
  /**
   * Calls `step`, which runs commands with the client. Returns the result of `step`. Never rejects: if
   * `step` fails, for example because Redis is unreachable, passes the error to `onError` and returns
   * undefined. After `close`, returns undefined and doesn't call `step`.
   */
  reach<T>(step: (client: Redis | Cluster) => Promise<T>): Promise<T | undefined>;
  /** Disconnects at once, so commands in progress fail. */
  close(): Promise<void>;
}

export interface RedisClientOptions {
  /** `rediss:` uses TLS; `?cluster=true` means that the host is a node of a cluster. */
  readonly url: string;
  /** The client name that CLIENT LIST shows. */
  readonly name: string;
  /** An additional certificate to trust besides the system's certificates. */
  readonly caCertificate?: string;
  /** Called for each error of the connection, and for each error of a `step` that `reach` calls. Must not throw. */
  readonly onError: (err: unknown) => void;
}

const settings = {
  connectTimeout: 2_000,
  keepAlive: 10_000,
  autoResubscribe: false,
  retryStrategy: (times: number) => Math.min(1_000, 25 * 2 ** Math.min(times, 6)) * (0.5 + Math.random() / 2),
} satisfies RedisOptions;
const impatient = {
  commandTimeout: 1_000,
  maxRetriesPerRequest: 0,
  enableOfflineQueue: false,
} satisfies RedisOptions;
/** How long calls wait for the first connection, counted from the creation of the client. */
const firstWaitMs = 1_000;

export function createRedisClient(options: RedisClientOptions): RedisClient {
  const { onError } = options;
  const isCluster = new URL(options.url).searchParams.get("cluster") === "true";
  const client = isCluster ? clusterOf(options) : new Redis({ ...redisSettingsOf(options), ...impatient });
  client.on("error", onError);

  let isClosed = false;
  const first = new Promise<void>((resolve) => {
    client.once("ready", resolve);
    setTimeout(resolve, firstWaitMs).unref();
  });

  return {
    client,
    async reach(step) {
      if (client.status !== "ready") await first;
      if (isClosed) return undefined;
      try {
        return await step(client);
      } catch (err) {
        onError(err);
        return undefined;
      }
    },
    async close() {
      isClosed = true;
      client.disconnect();
    },
  };
}

export function redisSettingsOf({ url, name, caCertificate }: RedisClientOptions) {
  const { protocol, hostname, port, username, password, pathname } = new URL(url);
  const db = Number(pathname.slice(1) || 0);
  return {
    ...settings,
    connectionName: name,
    host: hostname.replace(/^\[|\]$/g, ""),
    port: Number(port || 6379),
    ...(username === "" ? {} : { username: decodeURIComponent(username) }),
    ...(password === "" ? {} : { password: decodeURIComponent(password) }),
    ...(db === 0 ? {} : { db }),
    ...(protocol === "rediss:" ? { tls: caCertificate === undefined ? {} : { ca: caCertificate } } : {}),
  };
}

function clusterOf(options: RedisClientOptions): Cluster {
  const { host, port, retryStrategy, ...rest } = redisSettingsOf(options);
  return new Cluster([{ host, port }], {
    redisOptions: { ...rest, commandTimeout: impatient.commandTimeout, maxRetriesPerRequest: 0 },
    shardedSubscribers: true,
    enableOfflineQueue: false,
    clusterRetryStrategy: retryStrategy,
    // If no node of the cluster serves the hash slot of a key, calls must fail soon and not wait for a node.
    maxRedirections: 3,
    retryDelayOnClusterDown: 20,
    retryDelayOnFailover: 20,
    retryDelayOnTryAgain: 20,
    // By default, ioredis replaces host names by IP addresses. With TLS, the names are needed, because certificates are
    // issued for names.
    ...(rest.tls === undefined ? {} : { dnsLookup: (address, done) => done(null, address) }),
  });
}
