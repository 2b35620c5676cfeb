// Reads one generation of a business with its stored events, for the operators of the business.
import type { OpenDatabases } from "../../businesses/databases/open-databases.ts";
import { notFound } from "../../errors.ts";
import type { ChunkStore } from "../../ports/chunk-store/chunk-store.ts";
import { eventsKey } from "../../streams/stream-keys.ts";
import { unlessGone } from "../../streams/unless-gone.ts";
import { type GenerationEvent, readStoredJson } from "../generation-events.ts";
import { type GenerationView, readGeneration } from "../read-generation.ts";

export interface ReadWithEventsDeps {
  readonly databases: OpenDatabases;
  readonly chunkStore: Pick<ChunkStore, "read">;
}

type ShownEvent = GenerationEvent | Omit<Extract<GenerationEvent, { type: "progress" }>, "peaks">;

export interface GenerationWithEvents extends Omit<GenerationView, "planned"> {
  readonly userId: string;
  /**
   * The events so far, in order. Progress events have no waveform here. If several progress events of one section
   * follow each other, only the last of them is listed. If the stream of the events no longer exists, the list is
   * empty.
   */
  readonly events: readonly ShownEvent[];
}

const readBytes = 256 * 1024;

/** Error: NOT_FOUND for a missing generation. */
export async function readWithEvents(
  deps: ReadWithEventsDeps,
  businessId: string,
  requestId: string,
): Promise<GenerationWithEvents> {
  const userId = await findOwner(deps, businessId, requestId);
  const { planned: _, ...view } = await readGeneration(deps, { kind: "user", businessId, userId }, requestId);
  return { userId, ...view, events: await readEvents(deps, businessId, requestId) };
}

/** Returns the id of the user who requested the generation. Error: NOT_FOUND for a missing generation. */
export async function findOwner(
  { databases }: Pick<ReadWithEventsDeps, "databases">,
  businessId: string,
  requestId: string,
): Promise<string> {
  const row = await databases.use(businessId, ({ kysely }) =>
    kysely.selectFrom("generations").select("userId").where("id", "=", requestId).executeTakeFirst(),
  );
  if (row === undefined) throw notFound("generation");
  return row.userId;
}

async function readEvents(
  { chunkStore }: ReadWithEventsDeps,
  businessId: string,
  requestId: string,
): Promise<readonly ShownEvent[]> {
  const events: ShownEvent[] = [];
  for (let position = 0; ;) {
    const page = await unlessGone(chunkStore.read(eventsKey(businessId, requestId), position, readBytes));
    if (page === undefined || page.chunks.length === 0) return events;
    for (const event of page.chunks.map(readStoredJson)) {
      const last = events.at(-1);
      if (isSameProgress(last, event)) events.pop();
      events.push(shown(event));
    }
    position = page.next;
  }
}

const isSameProgress = (last: ShownEvent | undefined, event: GenerationEvent): boolean =>
  last?.type === "progress" && event.type === "progress" && last.section === event.section;

function shown(event: GenerationEvent): ShownEvent {
  if (event.type !== "progress") return event;
  const { peaks: _, ...rest } = event;
  return rest;
}
