// Opens two connections to Redis, one for callers and one for workers. While Redis is unreachable, the commands of
// callers fail immediately, and the commands of workers wait.
import { Cluster, Redis } from "ioredis";
import { AppError } from "../../../errors.ts";
import { redisCodeOf } from "./errors.ts";
import { defineSteps } from "./scripts.ts";

export type RedisClient = Redis | Cluster;

export interface QueueUrl {
  readonly url: URL;
  readonly isCluster: boolean;
  /** The prefix of all keys. Its braces ensure that all keys are on one node of a cluster. */
  readonly prefix: string;
}

/**
 * Parses the URL of a queue: redis://, or rediss:// for TLS. `?cluster=true` says that the server is a node of a
 * cluster. `?prefix=` sets the prefix of the keys, so that several queues can share a Redis server.
 */
export function readQueueUrl(text: string): QueueUrl {
  const url = new URL(text);
  const name = url.searchParams.get("prefix") ?? "rondo";
  return { url, isCluster: url.searchParams.get("cluster") === "true", prefix: `{${name}}` };
}

const connectMs = 3_000;
const reconnectMs = (times: number): number => Math.min(50 * 2 ** times, 1_000);

/**
 * Opens the connection for callers. While Redis is unreachable, commands on this connection fail
 * immediately. A command that Redis doesn't answer fails after five seconds. If Redis refuses the
 * credentials or is unsuitable, throws CONFIG_INVALID. If the opening fails for another reason,
 * throws UNAVAILABLE.
 */
export async function connectForCallers(at: QueueUrl, onError: (err: unknown) => void): Promise<RedisClient> {
  const redis = clientOf(at, {
    lazyConnect: true,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
    commandTimeout: 5_000,
  });
  try {
    await connectOnce(redis);
    refuseUnfit(await redis.info());
    redis.on("error", onError);
  } catch (err) {
    redis.disconnect();
    throw refusalOf(err);
  }
  defineSteps(redis);
  return redis;
}

/**
 * Opens the connection for workers, and does not wait until it is open. While Redis is unreachable,
 * commands on this connection wait.
 */
export function connectForWorkers(at: QueueUrl, onError: (err: unknown) => void): RedisClient {
  const redis = clientOf(at, { maxRetriesPerRequest: null });
  redis.on("error", onError);
  defineSteps(redis);
  return redis;
}

interface Manner {
  readonly maxRetriesPerRequest: number | null;
  readonly lazyConnect?: boolean;
  readonly enableOfflineQueue?: boolean;
  readonly commandTimeout?: number;
}

function clientOf({ url, isCluster }: QueueUrl, manner: Manner): RedisClient {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const port = Number(url.port || 6379);
  const db = Number(url.pathname.slice(1) || 0);
  const { lazyConnect = false, enableOfflineQueue = true } = manner;
  const settings = {
    maxRetriesPerRequest: manner.maxRetriesPerRequest,
    connectTimeout: connectMs,
    ...(manner.commandTimeout === undefined ? {} : { commandTimeout: manner.commandTimeout }),
    ...(url.username === "" ? {} : { username: decodeURIComponent(url.username) }),
    ...(url.password === "" ? {} : { password: decodeURIComponent(url.password) }),
    ...(url.protocol === "rediss:" ? { tls: {} } : {}),
  };
  if (!isCluster) {
    return new Redis({
      ...settings,
      host,
      port,
      db,
      lazyConnect,
      enableOfflineQueue,
      retryStrategy: reconnectMs,
    });
  }
  return new Cluster([{ host, port }], {
    lazyConnect,
    enableOfflineQueue,
    redisOptions: settings,
    clusterRetryStrategy: reconnectMs,
    // Certificates are issued for host names, so the host name must not be replaced by an IP address.
    ...(url.protocol === "redis:" ? {} : { dnsLookup: (address, done) => done(null, address) }),
  });
}

/**
 * Connects. Rejects if the first attempt fails or takes longer than `connectMs`. The driver itself
 * would retry forever, even if Redis refuses the password.
 */
async function connectOnce(redis: RedisClient): Promise<void> {
  const refused = Promise.withResolvers<never>();
  redis.on("error", refused.reject);
  refused.promise.catch(() => undefined);
  const timer = setTimeout(() => refused.reject(new Error("no answer in time")), connectMs);
  try {
    await Promise.race([redis.connect(), refused.promise]);
  } finally {
    clearTimeout(timer);
  }
}

function refusalOf(err: unknown): unknown {
  if (err instanceof AppError || !(err instanceof Error)) return err;
  const code = redisCodeOf(err);
  if (code === "NOAUTH" || code === "WRONGPASS" || code === "NOPERM" || code === "ERR") {
    return new AppError("CONFIG_INVALID", `Redis refused the job queue's credentials (${code}).`, {
      hint: "In RONDO_QUEUE_URL, set a user that may run every command, and the password of this user.",
      cause: err,
    });
  }
  return new AppError("UNAVAILABLE", "The job queue's Redis cannot be reached.", {
    hint: "Is Redis running where RONDO_QUEUE_URL points?",
    retryAfterSeconds: 1,
    cause: err,
  });
}

/**
 * Throws CONFIG_INVALID for an unsuitable Redis server. `info` is the output of INFO. A field that a managed Redis
 * hides is assumed to be suitable.
 */
function refuseUnfit(info: string): void {
  const field = (name: string): string | undefined => new RegExp(`^${name}:(.*?)\\r?$`, "m").exec(info)?.[1];
  const policy = field("maxmemory_policy");
  if (policy !== undefined && policy !== "noeviction") {
    throw new AppError(
      "CONFIG_INVALID",
      `The job queue's Redis evicts keys when its memory is full (maxmemory-policy is ${policy}), which would lose jobs.`,
      { hint: "Set maxmemory-policy to noeviction, and use another Redis as the cache." },
    );
  }
  const version = field("redis_version") ?? "7.0";
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major < 6 || (major === 6 && minor < 2)) {
    throw new AppError("CONFIG_INVALID", `The job queue needs Redis 6.2 or newer; this one is ${version}.`, {
      hint: "Point RONDO_QUEUE_URL at a newer Redis.",
    });
  }
}
