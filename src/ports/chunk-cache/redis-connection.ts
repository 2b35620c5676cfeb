// The connections to a Redis or a Redis cluster. A cache may be away: then every question is answered "not here", at once.
import { Cluster, Redis, type RedisOptions } from "ioredis";

export interface RedisConnection {
  readonly client: Redis | Cluster;
  /** Runs a step; undefined where Redis is away, or was in the meantime. Never rejects. */
  reach<T>(step: (client: Redis | Cluster) => Promise<T>): Promise<T | undefined>;
  readonly subscriptions: Subscriptions;
  close(): Promise<void>;
}

export interface Subscriptions {
  /** Many at once; again is no error. */
  subscribe(channels: readonly string[]): Promise<void>;
  unsubscribe(channel: string): Promise<void>;
  publish(client: Redis | Cluster, channel: string, message: Buffer): Promise<unknown>;
  onMessage(heard: (channel: string, message: Buffer) => void): void;
  /** Subscriptions may have ended, and words got lost. */
  onGap(lost: () => void): void;
}

export interface RedisConnectionOptions {
  /** `rediss:` speaks TLS; `?cluster=true` says that it is one node of a cluster. */
  readonly url: string;
  /** A certificate to trust besides the system's. */
  readonly caCertificate?: string;
  readonly onError: (err: unknown) => void;
}

const settings = {
  connectionName: "rondo-cache",
  connectTimeout: 2_000,
  keepAlive: 10_000,
  autoResubscribe: false,
  retryStrategy: (times: number) => Math.min(1_000, 25 * 2 ** Math.min(times, 6)) * (0.5 + Math.random() / 2),
} satisfies RedisOptions;
/** Whoever asks the cache would rather do without than wait. */
const impatient = {
  commandTimeout: 1_000,
  maxRetriesPerRequest: 0,
  enableOfflineQueue: false,
} satisfies RedisOptions;
/** A step asked for while the very first connection is being made waits so long for it. */
const firstWaitMs = 1_000;
const subscribeMs = 2_000;

export function createRedisConnection(options: RedisConnectionOptions): RedisConnection {
  const { onError } = options;
  const isCluster = new URL(options.url).searchParams.get("cluster") === "true";
  const client = isCluster ? clusterOf(options) : new Redis({ ...settingsOf(options), ...impatient });
  // A connection that subscribes takes no other commands; this one may wait, for nobody waits for it.
  const listener =
    client instanceof Cluster ? client : new Redis({ ...settingsOf(options), maxRetriesPerRequest: null });
  for (const connection of new Set([client, listener])) connection.on("error", onError);

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
    subscriptions: listener instanceof Cluster ? shardedOf(listener) : plainOf(listener),
    async close() {
      isClosed = true;
      for (const connection of new Set([client, listener])) connection.disconnect();
    },
  };
}

function settingsOf({ url, caCertificate }: RedisConnectionOptions) {
  const { protocol, hostname, port, username, password, pathname } = new URL(url);
  const db = Number(pathname.slice(1) || 0);
  return {
    ...settings,
    host: hostname.replace(/^\[|\]$/g, ""),
    port: Number(port || 6379),
    ...(username === "" ? {} : { username: decodeURIComponent(username) }),
    ...(password === "" ? {} : { password: decodeURIComponent(password) }),
    ...(db === 0 ? {} : { db }),
    ...(protocol === "rediss:" ? { tls: caCertificate === undefined ? {} : { ca: caCertificate } } : {}),
  };
}

function clusterOf(options: RedisConnectionOptions): Cluster {
  const { host, port, retryStrategy, ...rest } = settingsOf(options);
  return new Cluster([{ host, port }], {
    redisOptions: { ...rest, commandTimeout: impatient.commandTimeout, maxRetriesPerRequest: 0 },
    shardedSubscribers: true,
    enableOfflineQueue: false,
    clusterRetryStrategy: retryStrategy,
    // A slot that nobody serves now is not waited for.
    maxRedirections: 3,
    retryDelayOnClusterDown: 20,
    retryDelayOnFailover: 20,
    retryDelayOnTryAgain: 20,
    // Certificates name hosts, so hosts are not to be turned into addresses.
    ...(rest.tls === undefined ? {} : { dnsLookup: (address, done) => done(null, address) }),
  });
}

function plainOf(listener: Redis): Subscriptions {
  return {
    subscribe: async (channels) => void (await listener.subscribe(...channels)),
    unsubscribe: async (channel) => void (await listener.unsubscribe(channel)),
    publish: (client, channel, message) => client.publish(channel, message),
    onMessage: (heard) => {
      listener.on("messageBuffer", (channel: Buffer, message: Buffer) => heard(channel.toString(), message));
    },
    onGap: (lost) => {
      listener.on("close", lost);
    },
  };
}

/** In a cluster a word goes to the nodes of its slot alone, not to all. */
function shardedOf(cluster: Cluster): Subscriptions {
  return {
    subscribe: async (channels) => {
      // One at a time: those of a command must lie in one slot.
      for (const channel of channels) await within(subscribeMs, cluster.ssubscribe(channel));
    },
    unsubscribe: async (channel) => void (await cluster.sunsubscribe(channel)),
    publish: (client, channel, message) => client.spublish(channel, message),
    onMessage: (heard) => {
      cluster.on("smessageBuffer", (channel: Buffer, message: Buffer) => heard(channel.toString(), message));
    },
    onGap: (lost) => {
      for (const event of ["close", "-node", "-subscriber"]) cluster.on(event, lost);
    },
  };
}

/** A node that ends while it is asked may never answer. */
async function within<T>(ms: number, promise: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error("The subscription was not answered in time.")), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
