// Who listens to which stream in this instance: one subscription per stream however many they are, no word twice, none missed at the start.
import type { Span } from "./chunk-cache.ts";
import type { Subscriptions } from "./redis-connection.ts";
import { type Message, decodeMessage } from "./redis-message.ts";

type Heard = (span: Span | undefined) => void;

export interface Listeners {
  /** `lastWordOf` gives the last word said, for what was said while the subscription was being made. */
  add(
    channel: string,
    heard: Heard,
    signal: AbortSignal,
    lastWordOf: () => Promise<Buffer | null | undefined>,
  ): void;
  /** To those in this instance. */
  tell(channel: string, message: Message): void;
  close(): void;
}

interface Channel {
  readonly heard: Set<Heard>;
  /** How many words of each sender were handed on. */
  readonly counts: Map<string, number>;
  readonly lastWordOf: () => Promise<Buffer | null | undefined>;
  isOn: boolean;
  /** It was on before. */
  wasLost: boolean;
}

const againMs = { first: 50, most: 1_000 };

export function createListeners(subscriptions: Subscriptions, onError: (err: unknown) => void): Listeners {
  const channels = new Map<string, Channel>();
  let isSubscribing = false;
  let isClosed = false;

  const handOn = (channel: Channel, span: Span | undefined): void => {
    for (const heard of [...channel.heard]) heard(span);
  };

  const tell = (name: string, { sender, count, span }: Message): void => {
    const channel = channels.get(name);
    if (channel === undefined || count <= (channel.counts.get(sender) ?? 0)) return;
    channel.counts.set(sender, count);
    handOn(channel, span);
  };

  const hear = (name: string, bytes: Buffer | null | undefined): void => {
    const message = bytes && decodeMessage(bytes);
    if (message) tell(name, message);
  };

  const leave = (name: string, channel: Channel): void => {
    if (channel.heard.size > 0 || channels.get(name) !== channel) return;
    channels.delete(name);
    if (channel.isOn) subscriptions.unsubscribe(name).catch(onError);
  };

  const settle = async (name: string, channel: Channel): Promise<void> => {
    if (!channels.has(name)) {
      await subscriptions.unsubscribe(name);
      return;
    }
    channel.isOn = true;
    if (!channel.wasLost) {
      hear(name, await channel.lastWordOf());
      return;
    }
    // Whatever was said meanwhile is lost: as after a forgotten stream, listeners look for themselves.
    channel.wasLost = false;
    handOn(channel, undefined);
  };

  /** All that are not on, in one command; those that came meanwhile in the next. */
  const subscribe = async (): Promise<void> => {
    if (isSubscribing) return;
    isSubscribing = true;
    for (let pauseMs = againMs.first; !isClosed;) {
      const wanted = [...channels].filter(([, { isOn }]) => !isOn);
      if (wanted.length === 0) break;
      try {
        await subscriptions.subscribe(wanted.map(([name]) => name));
        await Promise.all(wanted.map(([name, channel]) => settle(name, channel)));
        pauseMs = againMs.first;
      } catch (err) {
        onError(err);
        await new Promise((resolve) => setTimeout(resolve, pauseMs));
        pauseMs = Math.min(againMs.most, pauseMs * 2);
      }
    }
    isSubscribing = false;
  };

  subscriptions.onMessage(hear);
  subscriptions.onGap(() => {
    for (const channel of channels.values()) {
      if (!channel.isOn) continue;
      channel.isOn = false;
      channel.wasLost = true;
      handOn(channel, undefined);
    }
    void subscribe();
  });

  return {
    add(name, heard, signal, lastWordOf) {
      if (signal.aborted) return;
      const channel = channels.get(name) ?? {
        heard: new Set(),
        counts: new Map(),
        lastWordOf,
        isOn: false,
        wasLost: false,
      };
      channels.set(name, channel);
      channel.heard.add(heard);
      const go = (): void => {
        channel.heard.delete(heard);
        leave(name, channel);
      };
      signal.addEventListener("abort", go, { once: true });
      if (!channel.isOn) void subscribe();
    },
    tell,
    close() {
      isClosed = true;
      channels.clear();
    },
  };
}
