// Simulates a random hour of use within seconds: users of two businesses make pieces, change, stop, delete, restore and
// purge them, and listen to them, while workers are killed and replaced.
import { createHandlers } from "../../../jobs/handlers.ts";
import { workQueues } from "../../../jobs/work-queues.ts";
import type { UserCaller } from "../../accounts/caller.ts";
import type { ThingKind } from "../../businesses/tables/schema.ts";
import { AppError } from "../../errors.ts";
import { cancelGeneration } from "../../generations/cancel-generation.ts";
import type { StartedGeneration } from "../../generations/queue/place-generation.ts";
import { startGeneration } from "../../generations/start-generation.ts";
import { sweepGenerations } from "../../generations/sweep-generations.ts";
import { deleteThing } from "../../library/trash/delete-thing.ts";
import { purgeExpired } from "../../library/trash/purge-expired.ts";
import { purgeNow } from "../../library/trash/purge-now.ts";
import { createRecallingChunks } from "../../library/tiers/recalling-chunks.ts";
import { restoreThing } from "../../library/trash/restore-thing.ts";
import { startVersion } from "../../library/versions/start-version.ts";
import { type OrphansSwept, sweepOrphans } from "../../library/tiers/sweep-orphans.ts";
import { sweepTiers } from "../../library/tiers/sweep-tiers.ts";
import { audioKey } from "../../streams/stream-keys.ts";
import { createScriptedGenerator, extendedAudio, scriptedAudio } from "../sound/scripted-generator.ts";
import { createSlowAttempts } from "../../webhooks/slow-attempts.ts";
import { createStudio, noSignal } from "../studio.ts";
import { silentLog } from "../test-stores.ts";
import { until } from "../until.ts";

export interface HourSettings {
  /** How long the users act, in milliseconds of real time. */
  readonly ms: number;
  readonly seed: number;
  /** The settings of the stores. If `environment` is empty, the embedded stores are used. */
  readonly environment: Record<string, string>;
}

export interface HourResult {
  readonly actions: Readonly<Record<string, number>>;
  /** The number of refused actions by error code. For example, changing a deleted piece is refused. */
  readonly refused: Readonly<Record<string, number>>;
  readonly workersKilled: number;
  readonly versions: number;
  /** The amount of data that was still stored after the last purge, although no row referred to it. */
  readonly orphans: OrphansSwept;
  readonly failedJobs: number;
  /**
   * The number of versions with wrong or missing audio, or with another state than "complete" or
   * "cancelled". A complete version must have exactly the generated audio. A cancelled version must
   * have the beginning of this audio.
   */
  readonly damaged: number;
}

const dayMs = 86_400_000;
const chunks = 6;
const chunkBytes = 20_000;
const whole = Buffer.from(scriptedAudio(chunks, chunkBytes));
const extended = Buffer.from(extendedAudio(chunks, chunkBytes));

/**
 * Simulates the hour once. The same seed does not always give the same actions, because the actions also depend on
 * timing. Throws if an action fails with an error that is not an AppError, or if the jobs do not end within 60 seconds.
 */
export async function spendRandomHour({ ms, seed, environment }: HourSettings): Promise<HourResult> {
  await using studio = await createStudio(environment);
  const { deps } = studio;
  const random = randomOf(seed);
  const pick = <T>(items: readonly T[]): T | undefined => items[Math.floor(random() * items.length)];
  const generator = createScriptedGenerator({
    chunks,
    chunkBytes,
    beforeChunk: () => Bun.sleep(random() * 8),
  });
  const log = { debug() {}, info() {}, error() {} };
  const handlers = createHandlers({
    ...deps,
    generator,
    slowAttempts: createSlowAttempts({ most: 10, log: silentLog }),
    openCopy: () => Promise.reject(new Error("no business moves")),
  });
  const work = () => workQueues({ jobs: deps.jobs, handlers, log });
  let workers = work();
  const users = [studio.alice, studio.bob, studio.otherAlice];
  const made = new Map<UserCaller, StartedGeneration[]>(users.map((user) => [user, []]));
  const listening = createRecallingChunks(deps.chunkStore, deps);
  const actions: Record<string, number> = {};
  const refused: Record<string, number> = {};
  let workersKilled = 0;

  const thingOf = (piece: StartedGeneration) => {
    const kind = random() < 0.1 ? "project" : random() < 0.5 ? "track" : "version";
    const id = { project: piece.projectId, track: piece.trackId, version: piece.versionId }[kind];
    return { kind: kind as ThingKind, id };
  };
  const keep = (user: UserCaller, piece: StartedGeneration) => made.get(user)?.push(piece);
  const everything: Readonly<
    Record<string, (user: UserCaller, piece?: StartedGeneration) => Promise<unknown>>
  > = {
    start: async (user) =>
      keep(user, await startGeneration(deps, user, { prompt: "a random hour", durationSeconds: 30 })),
    startAgain: async (user) =>
      keep(user, await startGeneration(deps, user, { prompt: "once more", durationSeconds: 30 })),
    change: async (user, piece) =>
      piece &&
      keep(
        user,
        await startVersion({ ...deps, generator }, user, {
          parentId: piece.versionId,
          instruction: random() < 0.5 ? "faster" : "extend",
        }),
      ),
    stop: async (user, piece) => piece && cancelGeneration(deps, user, piece.requestId),
    delete: async (user, piece) => piece && deleteThing(deps, user, thingOf(piece)),
    restore: async (user, piece) => piece && restoreThing(deps, user, thingOf(piece)),
    purge: async (user, piece) => piece && purgeNow(deps, user, thingOf(piece)),
    listen: async (user, piece) => piece && listening.head(audioKey(user.businessId, piece.versionId)),
    weekPasses: () => sweepTiers(deps, noSignal, Date.now() + 8 * dayMs),
    monthPasses: () => purgeExpired(deps, noSignal, Date.now() + (random() < 0.2 ? 31 : 1) * dayMs),
    async workersDie() {
      const dying = workers;
      workersKilled += dying.length;
      await Promise.all(dying.map((worker) => worker.close({ force: true })));
      workers = work();
    },
  };

  const untilMs = performance.now() + ms;
  while (performance.now() < untilMs) {
    const user = pick(users) ?? studio.alice;
    const [name, act] = pick(Object.entries(everything)) ?? [];
    if (!name || !act || ((name.endsWith("Passes") || name === "workersDie") && random() < 0.7)) continue;
    actions[name] = (actions[name] ?? 0) + 1;
    await act(user, pick(made.get(user) ?? [])).catch((err: unknown) => {
      if (!(err instanceof AppError)) throw err;
      refused[err.code] = (refused[err.code] ?? 0) + 1;
    });
    if (random() < 0.3) await Bun.sleep(random() * 10);
  }

  const isIdle = async () =>
    Object.values(await deps.jobs.counts()).every(
      ({ waiting, delayed, active }) => waiting + delayed + active === 0,
    );
  await sweepGenerations(deps, noSignal);
  await until("every job has ended", isIdle, 60_000);
  await sweepTiers(deps, noSignal);
  await purgeExpired(deps, noSignal);
  await until("every upload has ended", isIdle, 60_000);
  await Promise.all(workers.map((worker) => worker.close()));

  const kept = await keptVersions();
  const sound = await Promise.all(kept.map(isSound));
  return {
    actions,
    refused,
    workersKilled,
    versions: kept.length,
    orphans: await sweepOrphans(deps, noSignal, -1),
    failedJobs: (await deps.jobs.list({ state: "failed", limit: 1_000 })).length,
    damaged: sound.filter((isGood) => !isGood).length,
  };

  async function keptVersions() {
    const businessIds = [...new Set(users.map(({ businessId }) => businessId))];
    const found = await Promise.all(
      businessIds.map((businessId) =>
        deps.databases.use(businessId, async ({ kysely }) =>
          (
            await kysely
              .selectFrom("versions as v")
              .innerJoin("generations as g", "g.versionId", "v.id")
              .select(["v.id", "v.storage", "v.objectBytes", "v.deletedAt", "v.instruction", "g.state"])
              .execute()
          ).map((row) => ({ ...row, businessId })),
        ),
      ),
    );
    return found.flat();
  }

  /**
   * Returns whether each copy of the audio (chunks and object) is right. For a complete version, a
   * copy is right if it is equal to the generated audio. For a cancelled version, a copy is right if
   * it is equal to the beginning of the generated audio. Returns false if the version is damaged or
   * in another state, or if its audio is missing.
   */
  async function isSound(version: Awaited<ReturnType<typeof keptVersions>>[number]): Promise<boolean> {
    const { businessId, id, storage, state, instruction } = version;
    const made = instruction === "extend" ? extended : whole;
    if (state !== "complete" && state !== "cancelled") return false;
    if (storage === "damaged") return false;
    const read = await deps.chunkStore.read(audioKey(businessId, id), 0, 1 << 20);
    const object =
      storage === "stored"
        ? await deps.objects?.read({ businessId, path: `versions/${id}/audio.mp3` })
        : undefined;
    const copies = [
      ...(read ? [Buffer.concat(read.chunks)] : []),
      ...(object ? [Buffer.from(await new Response(object.body).arrayBuffer())] : []),
    ];
    const isWholeCopy = (copy: Buffer) =>
      copy.equals(made.subarray(0, copy.length)) && (state !== "complete" || copy.length === made.length);
    const expected = storage === "stored" ? object !== undefined : read !== undefined;
    return expected && copies.every(isWholeCopy);
  }
}

/** Creates the random number generator Mulberry32. The same seed gives the same numbers. */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
