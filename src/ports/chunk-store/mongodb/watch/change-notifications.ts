// Reports when an entry is added to a stream of a business. The reports come from a change stream of MongoDB, which not
// every deployment supports. After an error, a new change stream is opened. Entries that were added in the meantime are
// not reported.
import type { ChangeStreamInsertDocument } from "mongodb";
import { type Connection, pause } from "../connection.ts";
import type { ChunkDocument, Collections } from "../documents.ts";
import { isAway } from "../errors.ts";

/**
 * Calls `notify` with the id of the stream after each added entry. Calls `setWorking(true)` when notifications begin to
 * work, and `setWorking(false)` after an error. Before the first of these calls, the caller has to assume that
 * notifications don't work. When `signal` is aborted, the change stream is closed.
 */
export type ChangeNotifications = (listener: {
  readonly notify: (stream: string) => void;
  readonly setWorking: (works: boolean) => void;
  readonly signal: AbortSignal;
}) => void;

/** The part of the driver's change stream that is needed here. */
export interface Changes {
  /** Returns null when no change arrived within a short time. */
  tryNext(): Promise<{ readonly fullDocument?: { readonly stream: string } } | null>;
  close(): Promise<void>;
}

const againMs = { first: 100, most: 5_000 };
/**
 * After this many refusals in a row, no further attempt is made to open a change stream, and polling is used instead. A
 * server refuses if it doesn't support change streams, or if the user has no permission for them. An unreachable server
 * is not a refusal.
 */
const refusalsMax = 3;

/** Opens a change stream that sends only the ids of the changed streams. */
export const openChanges = ({ chunks }: Collections): Changes =>
  chunks.watch<ChunkDocument, ChangeStreamInsertDocument<ChunkDocument>>(
    [{ $match: { operationType: "insert" } }, { $project: { operationType: 1, "fullDocument.stream": 1 } }],
    { maxAwaitTimeMS: 1_000 },
  );

export function createChangeNotifications(
  { deployment }: Pick<Connection, "deployment">,
  open: () => Changes,
): ChangeNotifications {
  return ({ notify, setWorking, signal }) => {
    let failures = 0;
    let refusals = 0;

    const follow = async (): Promise<void> => {
      const changes = open();
      const leave = (): void => void changes.close().catch(() => {});
      signal.addEventListener("abort", leave, { once: true });
      try {
        for (let isOpen = false; !signal.aborted;) {
          const change = await changes.tryNext();
          if (!isOpen) {
            isOpen = true;
            failures = 0;
            refusals = 0;
            setWorking(true);
          }
          if (change?.fullDocument !== undefined) notify(change.fullDocument.stream);
        }
      } finally {
        signal.removeEventListener("abort", leave);
        await changes.close().catch(() => {});
      }
    };

    const listen = async (): Promise<void> => {
      while (!signal.aborted && refusals < refusalsMax) {
        try {
          if (!(await deployment()).isReplicated) return;
          await follow();
        } catch (err) {
          if (signal.aborted) return;
          setWorking(false);
          if (!isAway(err)) refusals++;
        }
        await pause(Math.min(againMs.most, againMs.first * 2 ** failures++));
      }
    };

    listen().catch(() => setWorking(false));
  };
}
