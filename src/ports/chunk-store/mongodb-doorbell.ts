// Rings at each write to a business's chunks, by a change stream, on deployments that have them. Opened again whenever it breaks.
import type { Connection } from "./mongodb-connection.ts";
import { pause } from "./mongodb-connection.ts";
import type { Collections } from "./mongodb-documents.ts";
import { isAway } from "./mongodb-errors.ts";
import type { Doorbell } from "./mongodb-watch.ts";

const againMs = { first: 100, most: 5_000 };

export function createDoorbell(
  { deployment }: Pick<Connection, "deployment">,
  { chunks }: Collections,
): Doorbell {
  return (ring, isAnswering, signal) => {
    const listen = async (): Promise<void> => {
      let failures = 0;
      while (!signal.aborted) {
        try {
          if (!(await deployment()).isReplicated) return;
          await follow(() => {
            failures = 0;
          });
        } catch (err) {
          isAnswering(false);
          // A server that knows no change streams, or a user who may not have them: asking in turns does.
          if (!isAway(err) && failures > 2) return;
        }
        await pause(Math.min(againMs.most, againMs.first * 2 ** failures++));
      }
    };

    const follow = async (isOpen: () => void): Promise<void> => {
      const changes = chunks.watch(
        [{ $match: { operationType: "insert" } }, { $project: { operationType: 1, documentKey: 1 } }],
        { maxAwaitTimeMS: 1_000 },
      );
      const leave = (): void => void changes.close().catch(() => {});
      signal.addEventListener("abort", leave, { once: true });
      try {
        let isAnswered = false;
        while (!signal.aborted) {
          const change = await changes.tryNext();
          if (!isAnswered) {
            isAnswered = true;
            isOpen();
            isAnswering(true);
          }
          if (change !== null) ring();
        }
      } finally {
        signal.removeEventListener("abort", leave);
        await changes.close().catch(() => {});
      }
    };

    listen().catch(() => isAnswering(false));
  };
}
