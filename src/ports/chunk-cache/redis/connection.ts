// The connections of the chunk cache to a Redis or a Redis cluster: one that asks, and one that hears what is said.
import { Cluster, Redis } from "ioredis";
import { createRedisClient, type RedisClient, redisSettingsOf } from "../../drivers/redis-client.ts";

export interface RedisConnection extends RedisClient {
  readonly subscriptions: Subscriptions;
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
  readonly url: string;
  readonly caCertificate?: string;
  readonly onError: (err: unknown) => void;
}

const subscribeMs = 2_000;

export function createRedisConnection(given: RedisConnectionOptions): RedisConnection {
  const options = { ...given, name: "rondo-cache" };
  const asking = createRedisClient(options);
  const { client } = asking;
  // A connection that subscribes takes no other commands; this one may wait, for nobody waits for it.
  const listener =
    client instanceof Cluster
      ? client
      : new Redis({ ...redisSettingsOf(options), maxRetriesPerRequest: null });
  if (listener !== client) listener.on("error", options.onError);
  return {
    ...asking,
    subscriptions: listener instanceof Cluster ? shardedOf(listener) : plainOf(listener),
    async close() {
      await asking.close();
      listener.disconnect();
    },
  };
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
