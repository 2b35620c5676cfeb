// Reports the queue position and the estimated waiting time of each queued generation. When one of the two has changed,
// an event with both is appended to the event stream of the generation, so a page does not have to poll.
import type { OpenDatabases } from "../../businesses/databases/open-databases.ts";
import { isAppError } from "../../errors.ts";
import type { ChunkStore } from "../../ports/chunk-store/chunk-store.ts";
import { eventsKey } from "../../streams/stream-keys.ts";
import { appendEvent, eventsProducerId, type GenerationEvent, readStoredJson } from "../generation-events.ts";
import { findQueuePlaces, type QueuePlace } from "./queue-place.ts";

export interface QueueEventsDeps {
  readonly databases: Pick<OpenDatabases, "use">;
  readonly streams: Pick<ChunkStore, "append" | "read">;
}

type QueueEvent = Extract<GenerationEvent, { readonly type: "queue" }>;

/** The part of a generation's events that this process has read. */
interface Read {
  /** The position in the event stream up to which the events were read. */
  position: number;
  /** The number of queue events, which is the sequence number of the next queue event. */
  count: number;
  last: QueueEvent | undefined;
  checkedAtMs: number;
}

/** The shortest time between two queue events of a generation, in milliseconds. */
const betweenMs = 2_000;
/**
 * The maximum number of generations per call. The rest of a long queue follows in later calls, beginning with the
 * generations that were checked longest ago.
 */
const generationsAtOnce = 50;
const readBytes = 64 * 1024;

/**
 * Several processes can append queue events for the same generation. If two processes append an event with the same
 * sequence number, the chunk store keeps only the first event. Queue events have the epoch 0. When a worker starts the
 * generation, the worker appends its events with a higher epoch. From then on, the chunk store refuses queue events.
 */
export function createQueueEvents({ databases, streams }: QueueEventsDeps) {
  const reads = new Map<string, Map<string, Read>>();

  async function append(businessId: string, requestId: string, read: Read, found: QueuePlace, nowMs: number) {
    const wait = { place: found.place, seconds: roundedSeconds(found.seconds) };
    read.checkedAtMs = nowMs;
    if (isSame(read.last, wait)) return;
    await readOn(streams, businessId, requestId, read);
    if (isSame(read.last, wait) || (read.last && nowMs - Date.parse(read.last.at) < betweenMs)) return;
    const event = { type: "queue", at: new Date(nowMs).toISOString(), ...wait } as const;
    const producer = { id: eventsProducerId, epoch: 0, seq: read.count };
    await appendEvent(streams, businessId, requestId, event, { producer });
  }

  return {
    /**
     * Appends the changed queue positions of one business. A generation that is no longer queued is
     * left out. Throws UNAVAILABLE if the database or the chunk store is unavailable. Even
     * then, some positions can have been appended.
     */
    async appendChanged(businessId: string, nowMs = Date.now()): Promise<void> {
      const places = await databases.use(businessId, findQueuePlaces);
      const before = reads.get(businessId);
      const mine = new Map<string, Read>();
      for (const id of places.keys())
        mine.set(id, before?.get(id) ?? { position: 0, count: 0, last: undefined, checkedAtMs: 0 });
      if (mine.size === 0) reads.delete(businessId);
      else reads.set(businessId, mine);
      const next = [...mine]
        .toSorted(([, one], [, other]) => one.checkedAtMs - other.checkedAtMs)
        .slice(0, generationsAtOnce);
      await Promise.all(
        next.map(([id, read]) =>
          append(businessId, id, read, places.get(id)!, nowMs).catch((err: unknown) => {
            // The generation has begun, has ended or was purged, or another process has just appended an event.
            if (!isAppError(err, "PRODUCER_FENCED", "PRODUCER_GAP", "STREAM_CLOSED", "NOT_FOUND", "GONE"))
              throw err;
          }),
        ),
      );
    },
    /** Forgets the events that were read. It should be called when no generation is queued. */
    clear: () => reads.clear(),
  };
}

async function readOn(
  streams: Pick<ChunkStore, "read">,
  businessId: string,
  requestId: string,
  read: Read,
): Promise<void> {
  for (;;) {
    const page = await streams.read(eventsKey(businessId, requestId), read.position, readBytes);
    if (!page || page.chunks.length === 0) return;
    read.position = page.next;
    for (const event of page.chunks.map(readStoredJson)) {
      if (event.type !== "queue") continue;
      read.count++;
      read.last = event;
    }
  }
}

const isSame = (one: QueuePlace | undefined, other: QueuePlace): boolean =>
  one?.place === other.place && one.seconds === other.seconds;

/**
 * Rounds up: a time of at most ten seconds to whole seconds, a time of at most two minutes to steps of five seconds,
 * and a longer time to steps of half a minute.
 */
function roundedSeconds(seconds: number): number {
  const step = seconds <= 10 ? 1 : seconds <= 120 ? 5 : 30;
  return Math.ceil(seconds / step) * step;
}
