// Reports a Redis server's version, its memory policy and our permissions, so that a URL can be checked before it is
// used. The inspection leaves no keys behind.
import { Redis } from "ioredis";
import { AppError } from "../../errors.ts";

export interface RedisReport {
  readonly version: string;
  /** The maxmemory-policy. Undefined if a managed Redis does not show it. */
  readonly evictionPolicy: string | undefined;
  /** The value of maxmemory. 0 means that there is no limit, or that a managed Redis does not show the limit. */
  readonly memoryBytesMax: number;
  readonly isCluster: boolean;
  /**
   * The error messages of the commands that we need and that failed. Usually our user is not allowed to run the
   * command. Other reasons are possible, such as a timeout or a full memory.
   */
  readonly refusals: readonly string[];
}

const waitMs = 4_000;

/**
 * `keyPrefix` is the prefix of all keys that we use. Errors: CONFIG_INVALID (the URL is not a Redis URL, the
 * credentials are refused, or our user is not allowed to run INFO), UNAVAILABLE (any other failure to connect or to run
 * INFO).
 */
export async function inspectRedis(url: string, keyPrefix: string): Promise<RedisReport> {
  const redis = connectionTo(url);
  try {
    await connectOnce(redis);
    const info = await redis.info();
    const field = (name: string): string | undefined =>
      new RegExp(`^${name}:(.*?)\\r?$`, "m").exec(info)?.[1];
    return {
      version: field("redis_version") ?? "unknown",
      evictionPolicy: field("maxmemory_policy"),
      memoryBytesMax: Number(field("maxmemory") ?? 0),
      isCluster: field("cluster_enabled") === "1",
      refusals: await refusalsOf(redis, keyPrefix),
    };
  } catch (err) {
    throw refusalOf(err);
  } finally {
    redis.disconnect();
  }
}

function connectionTo(url: string): Redis {
  try {
    return new Redis(url, {
      lazyConnect: true,
      connectTimeout: waitMs,
      commandTimeout: waitMs,
      maxRetriesPerRequest: 0,
      retryStrategy: () => null,
      connectionName: "rondo-doctor",
    });
  } catch (err) {
    throw new AppError("CONFIG_INVALID", "The URL is not a Redis URL.", {
      hint: "Write it like redis://user:password@host:6379, or rediss:// with TLS",
      cause: err,
    });
  }
}

/** Tries to connect one time. If this fails, throws the reason, which ioredis reports only as an event. */
async function connectOnce(redis: Redis): Promise<void> {
  const refused = Promise.withResolvers<never>();
  redis.on("error", refused.reject);
  refused.promise.catch(() => undefined);
  await Promise.race([redis.connect(), refused.promise]);
}

async function refusalsOf(redis: Redis, keyPrefix: string): Promise<readonly string[]> {
  const key = `${keyPrefix}:doctor:${crypto.randomUUID()}`;
  const tries: readonly (() => Promise<unknown>)[] = [
    () => redis.set(key, "1", "PX", 1_000),
    () => redis.eval("return redis.call('exists', KEYS[1])", 1, key),
    () => redis.publish(key, "1"),
    () => redis.del(key),
  ];
  const refusals: string[] = [];
  for (const step of tries) {
    try {
      await step();
    } catch (err) {
      const message = err instanceof Error ? err.message : String(err);
      // MOVED means that another node of the cluster has this key, so the command itself is allowed.
      if (!message.startsWith("MOVED")) refusals.push(message);
    }
  }
  return refusals;
}

function refusalOf(err: unknown): unknown {
  if (err instanceof AppError) return err;
  // The first word of a Redis error message is the error code.
  const code = err instanceof Error ? (/^([A-Z]+) /.exec(err.message)?.[1] ?? "") : "";
  if (["NOAUTH", "WRONGPASS", "NOPERM", "ERR"].includes(code)) {
    return new AppError("CONFIG_INVALID", `Redis refuses the user or its password (${code}).`, {
      hint: "Check both in the URL: redis://user:password@host:6379, or redis://:password@host:6379",
      cause: err,
    });
  }
  return new AppError("UNAVAILABLE", "Redis cannot be reached.", {
    hint: "Is it running where the URL points? With TLS the URL begins with rediss://",
    cause: err,
  });
}
