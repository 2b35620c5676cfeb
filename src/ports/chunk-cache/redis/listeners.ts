// Delivers the messages of Redis channels to the listeners of this process. Each stream has one
// channel. The listeners of a stream share one subscription. They get the messages of each sender
// in order, and no message twice. If messages may have been lost, the listeners get undefined.
import type { Span } from "../chunk-cache.ts";
import type { Subscriptions } from "./connection.ts";
import { type Message, decodeMessage } from "./message.ts";

/** Gets each new span, or undefined if the stream was forgotten or spans may be missing. */
type Receive = (span: Span | undefined) => void;

/** Returns the recent messages that were published since `sinceMs`, in order. */
type Recall = (sinceMs: number) => Promise<readonly Message[]>;

export interface Listeners {
  /**
   * Adds a listener until the signal is aborted. `recall` returns the messages that were published
   * before the subscription was active. Only the `recall` of a channel's first listener is used.
   */
  add(channel: string, receive: Receive, signal: AbortSignal, recall: Recall): void;
  /**
   * Delivers a message of this process to the listeners of this process, without Redis. When the same message arrives
   * from Redis, that copy is ignored.
   */
  deliver(channel: string, message: Message): void;
  close(): void;
}

interface Channel {
  readonly listeners: Set<Receive>;
  /** The sequence number of the last delivered message, by sender. */
  readonly counts: Map<string, number>;
  readonly recall: Recall;
  readonly sinceMs: number;
  isOn: boolean;
  /** Whether an earlier subscription ended, so that messages may have been lost. */
  wasLost: boolean;
  /**
   * The messages that have arrived from the new subscription while `recall` still reads older
   * messages. They are delivered after the older messages. At other times, this is undefined.
   */
  waiting: Message[] | undefined;
}

const againMs = { first: 50, most: 1_000 };

export function createListeners(subscriptions: Subscriptions, onError: (err: unknown) => void): Listeners {
  const channels = new Map<string, Channel>();
  let isSubscribing = false;
  let isClosed = false;

  const callListeners = (channel: Channel, span: Span | undefined): void => {
    for (const receive of [...channel.listeners]) receive(span);
  };

  const accept = (channel: Channel, { sender, count, span }: Message): void => {
    if (count <= (channel.counts.get(sender) ?? 0)) return;
    channel.counts.set(sender, count);
    callListeners(channel, span);
  };

  const handleMessage = (name: string, bytes: Buffer): void => {
    const channel = channels.get(name);
    const message = channel && decodeMessage(bytes);
    if (message === undefined) return;
    if (channel?.waiting !== undefined) channel.waiting.push(message);
    else if (channel !== undefined) accept(channel, message);
  };

  const leave = (name: string, channel: Channel): void => {
    if (channel.listeners.size > 0 || channels.get(name) !== channel) return;
    channels.delete(name);
    if (channel.isOn) subscriptions.unsubscribe(name).catch(onError);
  };

  const settle = async (name: string, channel: Channel): Promise<void> => {
    if (!channels.has(name)) {
      await subscriptions.unsubscribe(name);
      return;
    }
    channel.isOn = true;
    if (channel.wasLost) {
      // Messages since the end of the earlier subscription may be lost. When a listener gets undefined, it reads the
      // chunk store, and so finds the lost chunks.
      channel.wasLost = false;
      callListeners(channel, undefined);
    } else {
      for (const message of await channel.recall(channel.sinceMs)) accept(channel, message);
    }
    const { waiting = [] } = channel;
    channel.waiting = undefined;
    for (const message of waiting) accept(channel, message);
  };

  /**
   * Subscribes to all new channels with one command. Channels that are added while the command runs follow in the next
   * command.
   */
  const subscribe = async (): Promise<void> => {
    if (isSubscribing) return;
    isSubscribing = true;
    for (let pauseMs = againMs.first; !isClosed;) {
      const wanted = [...channels].filter(([, { isOn }]) => !isOn);
      if (wanted.length === 0) break;
      for (const [, channel] of wanted) channel.waiting ??= [];
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

  subscriptions.onMessage(handleMessage);
  subscriptions.onGap(() => {
    for (const channel of channels.values()) {
      if (!channel.isOn) continue;
      channel.isOn = false;
      channel.wasLost = true;
      callListeners(channel, undefined);
    }
    void subscribe();
  });

  return {
    add(name, receive, signal, recall) {
      if (signal.aborted) return;
      const channel: Channel = channels.get(name) ?? {
        listeners: new Set(),
        counts: new Map(),
        recall,
        sinceMs: Date.now(),
        isOn: false,
        wasLost: false,
        waiting: undefined,
      };
      channels.set(name, channel);
      channel.listeners.add(receive);
      const remove = (): void => {
        channel.listeners.delete(receive);
        leave(name, channel);
      };
      signal.addEventListener("abort", remove, { once: true });
      if (!channel.isOn) void subscribe();
    },
    deliver(name, message) {
      const channel = channels.get(name);
      if (channel !== undefined) accept(channel, message);
    },
    close() {
      isClosed = true;
      channels.clear();
    },
  };
}
