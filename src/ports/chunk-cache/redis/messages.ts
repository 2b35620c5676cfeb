// Publishes messages about streams over Redis. Also stores the latest messages of each stream for a
// few seconds, for listeners whose subscription is just starting.
import { randomUUID } from "node:crypto";
import type { Span } from "../chunk-cache.ts";
import type { RedisConnection } from "./connection.ts";
import { type Header, type Message, encodeMessage, headerOf, parseHeader } from "./message.ts";
import { rememberScript } from "./scripts.ts";

export interface Messages {
  /** Creates a message with the next sequence number of this process and the current time. */
  newMessage(span: Span | undefined): Message;
  /** Never rejects. If Redis is unreachable, the message is lost. */
  publish(channel: string, list: string, message: Message): Promise<void>;
  /**
   * Returns the stored messages that were sent at `sinceMs` (Unix time) or later, and also those
   * that were sent up to `skewMs` earlier. The first stored message comes first. Returns an empty
   * list if Redis is unreachable. `readSpan` reads the bytes of a message's span from the cache.
   */
  recall(
    list: string,
    sinceMs: number,
    readSpan: (span: NonNullable<Header["span"]>) => Promise<Span | undefined>,
  ): Promise<readonly Message[]>;
}

const storedMax = 8;
/** Each new message extends the storage time of the whole list. */
const storedMs = 5_000;
/**
 * The clocks of two machines can differ by up to this time. So `recall` also returns messages whose time of sending is
 * up to this much before `sinceMs`. If the listener already has such a message, this does no harm.
 */
const skewMs = 1_000;

export function createMessages({ reach, subscriptions }: RedisConnection): Messages {
  const sender = randomUUID();
  let count = 0;

  return {
    newMessage: (span) => ({ sender, count: ++count, sentAtMs: Date.now(), span }),

    async publish(channel, list, message) {
      const header = JSON.stringify(headerOf(message));
      await reach((client) =>
        Promise.all([
          client.eval(rememberScript, 1, list, header, storedMax, storedMs),
          subscriptions.publish(client, channel, encodeMessage(message)),
        ]),
      );
    },

    async recall(list, sinceMs, readSpan) {
      const texts = (await reach((client) => client.lrange(list, 0, -1))) ?? [];
      const headers = texts
        .map(parseHeader)
        .filter((header) => header !== undefined && header.sentAtMs >= sinceMs - skewMs) as Header[];
      return await Promise.all(
        headers.map(async ({ span, ...origin }) => ({
          ...origin,
          span: span === undefined ? undefined : await readSpan(span),
        })),
      );
    },
  };
}
