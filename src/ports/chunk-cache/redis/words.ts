// Publishes messages about streams over Redis, and stores the latest ones for a moment, for listeners that are just subscribing.
import { randomUUID } from "node:crypto";
import type { Span } from "../chunk-cache.ts";
import type { RedisConnection } from "./connection.ts";
import { type Header, type Message, encodeMessage, headerOf, parseHeader } from "./message.ts";
import { rememberScript } from "./scripts.ts";

export interface Words {
  /** Publishes with a sequence number and a time. Listeners of this instance get it even when Redis is unreachable. */
  newMessage(span: Span | undefined): Message;
  say(channel: string, words: string, message: Message): Promise<void>;
  /** The latest messages from an instant on. `readSpan` reads the bytes of a message from the cache. */
  recall(
    words: string,
    sinceMs: number,
    readSpan: (span: NonNullable<Header["span"]>) => Promise<Span | undefined>,
  ): Promise<readonly Message[]>;
}

const rememberedMax = 8;
const rememberedMs = 5_000;
/** Tolerates different clocks of two machines: a repeated message does no harm. */
const skewMs = 1_000;

export function createWords({ reach, subscriptions }: RedisConnection): Words {
  const sender = randomUUID();
  let count = 0;

  return {
    newMessage: (span) => ({ sender, count: ++count, saidAtMs: Date.now(), span }),

    async say(channel, words, message) {
      const header = JSON.stringify(headerOf(message));
      await reach((client) =>
        Promise.all([
          client.eval(rememberScript, 1, words, header, rememberedMax, rememberedMs),
          subscriptions.publish(client, channel, encodeMessage(message)),
        ]),
      );
    },

    async recall(words, sinceMs, readSpan) {
      const texts = (await reach((client) => client.lrange(words, 0, -1))) ?? [];
      const headers = texts
        .map(parseHeader)
        .filter((header) => header !== undefined && header.saidAtMs >= sinceMs - skewMs) as Header[];
      return await Promise.all(
        headers.map(async ({ span, ...word }) => ({
          ...word,
          span: span === undefined ? undefined : await readSpan(span),
        })),
      );
    },
  };
}
