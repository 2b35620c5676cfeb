// Provides what all cases need: calls to the generator, destinations for its deliveries, and pieces that several cases
// examine.
import { readCapabilities, readHealth } from "./descriptions.ts";
import type { DocumentReceiver } from "./document-receiver.ts";
import type { FarSide } from "./far-side.ts";
import { makeOnce } from "../make-once.ts";
import { SkipCase } from "./mismatch.ts";
import { prepare, type Prepared, type Wish } from "./prepare.ts";
import { cancelGeneration, type Started, startedOf } from "./started.ts";
import type { StreamReceiver } from "./stream-receiver.ts";
import type { Capabilities, Delivery, Health } from "./wire.ts";

interface Piece {
  readonly started: Started;
  readonly bytes: Uint8Array;
  readonly contentType: string;
}

export interface CheckContext {
  readonly far: FarSide;
  readonly timeoutMs: number;
  /**
   * Returns the generator's capabilities. As soon as one request has succeeded, later calls share the answer. Throws
   * Mismatch if the answer is not as documented.
   */
  capabilities(): Promise<Capabilities>;
  /** Requests the state of the generator. Throws Mismatch if the answer is not as documented. */
  health(): Promise<Health>;
  /** Returns the length of a usual piece, and the length of a piece that takes long to generate; both in seconds. */
  lengths(): Promise<{ readonly usual: number; readonly long: number }>;
  /** Builds a request and the destination of its delivery, without sending anything. */
  prepare(wish?: Wish): Promise<Prepared>;
  /** Sends the request once. Any answer is returned. */
  send(prepared: Prepared): Promise<Started>;
  /**
   * Prepares and sends a request. As long as the generator is busy, the request is sent again. If the generator is busy
   * until the time limit (`timeoutMs`), returns the last busy answer.
   */
  start(wish?: Wish): Promise<Started>;
  /**
   * Returns a complete piece of the usual length. All cases with the same delivery share one piece. If this piece can't
   * be made, each call of `piece` with this delivery throws the same error. Without the parameter `delivery`, uses the
   * first way of delivery that can be checked.
   */
  piece(delivery?: Delivery): Promise<Piece>;
  /**
   * Cancels the requests of the current case, except each request whose audio `audio()` has read to its end. Ignores
   * errors of these cancellations.
   */
  endCase(): Promise<void>;
}

export interface ContextOptions {
  readonly far: FarSide;
  readonly streams: StreamReceiver;
  readonly documents: DocumentReceiver | undefined;
  readonly deliveries: readonly Delivery[];
  /** The length of a usual piece. If it is outside the generator's limits, the nearest limit is used instead. */
  readonly seconds: number;
  readonly timeoutMs: number;
}

export function createContext(options: ContextOptions): CheckContext {
  const { far, timeoutMs } = options;
  const pieces = new Map<Delivery, Promise<Piece>>();
  /**
   * The ids of the requests of the current case whose audio was not read to its end by `audio()`. These include refused
   * and cancelled requests, and requests whose answer was lost.
   */
  const sent = new Set<string>();

  const ctx: CheckContext = {
    far,
    timeoutMs,
    capabilities: makeOnce(() => readCapabilities(far)),
    health: () => readHealth(far),
    async lengths() {
      const { secondsMin, secondsMax } = await ctx.capabilities();
      const within = (seconds: number) => Math.min(secondsMax, Math.max(secondsMin, seconds));
      return { usual: within(options.seconds), long: within(300) };
    },
    async prepare(wish = {}) {
      const delivery = wish.delivery ?? (await usualDelivery(ctx, options));
      const { usual } = await ctx.lengths();
      return prepare(options, { ...wish, delivery, seconds: wish.seconds ?? usual });
    },
    async send(prepared) {
      const { accept, body } = prepared;
      sent.add(body.requestId);
      const answer = await far.call("POST", "/generate", {
        body: JSON.stringify(body),
        ...(accept === undefined ? {} : { accept }),
      });
      return startedOf(prepared, answer, {
        far,
        timeoutMs,
        onEnd: () => sent.delete(body.requestId),
      });
    },
    async start(wish) {
      const prepared = await ctx.prepare(wish);
      const until = performance.now() + timeoutMs;
      for (;;) {
        const started = await ctx.send(prepared);
        const wait = busySecondsOf(started.answer);
        if (wait === undefined || performance.now() + wait * 1000 > until) return started;
        await Bun.sleep(wait * 1000);
      }
    },
    async piece(wanted) {
      const delivery = wanted ?? (await usualDelivery(ctx, options));
      const made = pieces.get(delivery) ?? wholePiece(ctx, delivery);
      pieces.set(delivery, made);
      return made;
    },
    async endCase() {
      const left = [...sent];
      sent.clear();
      await Promise.all(left.map((requestId) => cancelGeneration(far, requestId).catch(() => undefined)));
    },
  };
  return ctx;
}

async function wholePiece(ctx: CheckContext, delivery: Delivery): Promise<Piece> {
  const started = await ctx.start({ delivery });
  started.expectAccepted();
  return { started, bytes: await started.audio(), contentType: started.contentType };
}

async function usualDelivery(
  ctx: CheckContext,
  { deliveries, documents }: ContextOptions,
): Promise<Delivery> {
  const offered = (await ctx.capabilities()).delivery;
  const usable = deliveries.filter((one) => offered.includes(one) && (one !== "mongodb" || documents));
  if (usable[0] === undefined)
    throw new SkipCase("No delivery that the generator offers can be checked here.");
  return usable[0];
}

/** Returns the seconds to wait after a busy answer, or undefined for any other answer. */
const busySecondsOf = ({ status, headers }: Response): number | undefined => {
  if (status !== 429 && status !== 503) return undefined;
  const seconds = Number(headers.get("retry-after") ?? "1");
  return Number.isFinite(seconds) ? Math.min(5, Math.max(0.2, seconds)) : 1;
};
