// Opens the chunk cache's connections to Redis or a Redis cluster, for commands and for subscriptions.
import { Cluster, Redis } from "ioredis";
import { createRedisClient, type RedisClient, redisSettingsOf } from "../../drivers/redis-client.ts";

export interface RedisConnection extends RedisClient {
  readonly subscriptions: Subscriptions;
}

export interface Subscriptions {
  /**
   * Subscribes to several channels. Subscribing to a channel twice is no error.
   *
   * Without a cluster, the promise stays pending while Redis is unreachable. With a cluster, this function subscribes
   * to one channel after the other. If one subscription fails or takes more than two seconds, the promise rejects, and
   * the remaining channels are not subscribed.
   */
  subscribe(channels: readonly string[]): Promise<void>;
  unsubscribe(channel: string): Promise<void>;
  publish(client: Redis | Cluster, channel: string, message: Buffer): Promise<unknown>;
  onMessage(receive: (channel: string, message: Buffer) => void): void;
  /** Registers a function that is called when subscriptions may have ended and messages may have been lost. */
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
  // A connection with subscriptions accepts no other commands, so subscriptions need a second connection. A cluster
  // client opens it by itself. Without a cluster, it is opened here. With `maxRetriesPerRequest: null`, subscriptions
  // don't fail while Redis is unreachable: they wait until it can be reached again. This delays no caller, because
  // subscriptions are made in the background.
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
    onMessage: (receive) => {
      listener.on("messageBuffer", (channel: Buffer, message: Buffer) =>
        receive(channel.toString(), message),
      );
    },
    onGap: (lost) => {
      listener.on("close", lost);
    },
  };
}

/** Uses sharded pub/sub: the messages of a channel are sent only to the cluster nodes of the channel's slot. */
function shardedOf(cluster: Cluster): Subscriptions {
  return {
    subscribe: async (channels) => {
      // Each channel has its own command, because all channels of one command must be in the same slot.
      for (const channel of channels) await within(subscribeMs, cluster.ssubscribe(channel));
    },
    unsubscribe: async (channel) => void (await cluster.sunsubscribe(channel)),
    publish: (client, channel, message) => client.spublish(channel, message),
    onMessage: (receive) => {
      cluster.on("smessageBuffer", (channel: Buffer, message: Buffer) =>
        receive(channel.toString(), message),
      );
    },
    onGap: (lost) => {
      for (const event of ["close", "-node", "-subscriber"]) cluster.on(event, lost);
    },
  };
}

/** Rejects if the promise has not settled after `ms`. A node that crashes during a request might never answer. */
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
