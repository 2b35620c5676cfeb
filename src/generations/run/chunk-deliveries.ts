// Tells generators on other machines where to store chunks, and follows the stored chunks.
import type { OpenDatabases } from "../../businesses/databases/open-databases.ts";
import { AppError, notFound } from "../../errors.ts";
import type { ChunkStore } from "../../ports/chunk-store/chunk-store.ts";
import type { GenerationRequest } from "../../ports/generator/generator.ts";
import type { ChunkDeliveries } from "../../ports/generator/technology.ts";
import { readThrough } from "../../streams/read-through.ts";
import { audioKey, eventsKey } from "../../streams/stream-keys.ts";
import type { Streams } from "../../streams/streams.ts";
import { readStoredJson } from "../generation-events.ts";
import { deadlineOf } from "./generation-request.ts";
import type { WriteTokens } from "./write-tokens.ts";

export interface ChunkDeliveriesDeps {
  readonly databases: OpenDatabases;
  readonly streams: Streams;
  readonly chunkStore: Pick<ChunkStore, "head" | "directWrites">;
  readonly writeTokens: WriteTokens;
  /**
   * The address at which generators reach the API. If it is undefined, generators can't store chunks
   * through the API (`stream`).
   */
  readonly baseUrl: string | undefined;
}

const pageBytes = 64 * 1024;
/** The interval at which the events are read while the audio stream does not grow, in milliseconds. */
const quietMs = 1_000;

export function createChunkDeliveries(deps: ChunkDeliveriesDeps): ChunkDeliveries {
  const { chunkStore, writeTokens, baseUrl } = deps;
  const { directWrites } = chunkStore;
  return {
    ...(baseUrl === undefined
      ? {}
      : {
          stream: ({ businessId, requestId, versionId, deadline, durationSeconds }: GenerationRequest) => ({
            url: `${baseUrl}/v1/generations/${requestId}/chunks`,
            token: writeTokens.issue({
              ...{ businessId, requestId, versionId },
              untilMs: (deadline ?? deadlineOf(durationSeconds)).getTime(),
            }),
          }),
        }),
    ...(directWrites === undefined
      ? {}
      : {
          mongodb: async ({ businessId, versionId }: GenerationRequest) => {
            const state = await chunkStore.head(audioKey(businessId, versionId));
            if (!state) throw notFound("audio");
            return { ...(await directWrites(businessId)), stream: state.id };
          },
        }),
    follow: (request, signal) => follow(deps, request, signal),
  };
}

async function* follow(
  { streams, databases }: ChunkDeliveriesDeps,
  { businessId, requestId, versionId }: GenerationRequest,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, void> {
  signal.throwIfAborted();
  const follower = await streams.follow(audioKey(businessId, versionId), 0);
  if (!follower) throw notFound("audio");
  const leave = (): void => follower.leave();
  signal.addEventListener("abort", leave, { once: true });
  try {
    for (;;) {
      const heard = await follower.next(pageBytes, quietMs);
      signal.throwIfAborted();
      if (heard.kind === "gone") throw notFound("audio");
      if (heard.kind === "end") return await throwUnlessRunning(databases, businessId, requestId);
      if (heard.kind === "chunks") yield* heard.span.chunks;
      else await throwIfGivenUp(streams, businessId, requestId);
    }
  } finally {
    signal.removeEventListener("abort", leave);
    leave();
  }
}

/**
 * Throws STREAM_CLOSED if the generation is not running. Call this at the end of the audio stream, to find out why the
 * stream was closed. If the generation was cancelled, its state was changed before the stream was closed. So if the
 * state is still "running", the generator has closed the stream, because the piece is complete.
 */
async function throwUnlessRunning(
  databases: OpenDatabases,
  businessId: string,
  requestId: string,
): Promise<void> {
  const row = await databases.use(businessId, ({ kysely }) =>
    kysely.selectFrom("generations").select("state").where("id", "=", requestId).executeTakeFirst(),
  );
  if (row?.state !== "running") throw new AppError("STREAM_CLOSED", "The generation was stopped.");
}

/**
 * Throws GENERATION_FAILED if the generator gave up. A generator that gives up sends a report with the reason to the
 * events stream, and leaves the audio stream open.
 */
async function throwIfGivenUp(
  streams: Pick<ChunkStore, "read">,
  businessId: string,
  requestId: string,
): Promise<void> {
  for await (const chunks of readThrough(streams, eventsKey(businessId, requestId))) {
    for (const event of chunks.map(readStoredJson)) {
      if (event.type !== "report" || event.failure === undefined) continue;
      const { reason, hint } = event.failure;
      throw new AppError("GENERATION_FAILED", reason, hint === undefined ? {} : { hint });
    }
  }
}
