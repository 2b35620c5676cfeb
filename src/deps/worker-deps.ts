// Opens the dependencies of the worker process.
import type { Config } from "../config/config.ts";
import { signLink } from "../accounts/links.ts";
import type { BusinessRegistry } from "../businesses/registry.ts";
import { createChunkDeliveries } from "../generations/run/chunk-deliveries.ts";
import type { AudioUrlOf } from "../generations/run/generation-request.ts";
import type { RunGenerationDeps } from "../generations/run/run-generation.ts";
import type { GeneratorChoice } from "../generators/generator-choice.ts";
import type { Generator } from "../ports/generator/generator.ts";
import type { Mailer } from "../ports/mailer/mailer.ts";
import { openMailer } from "../ports/mailer/open.ts";
import type { Log } from "../process/log.ts";
import { openStore } from "../process/start-errors.ts";
import { createStreams, type Streams } from "../streams/streams.ts";
import type { MoveDeps } from "../moves/business/move-business.ts";
import { createMoveDeps } from "./move-deps.ts";
import { openCache } from "./open-cache.ts";
import { callbackUrlOf } from "./callback-url.ts";
import { openGenerators } from "./open-generators.ts";
import { createOwnGenerators, type OwnGenerators } from "./own-generators.ts";
import { createAudioIntake } from "../intake/intake.ts";
import { createSharedDeps, type SharedDeps } from "./shared-deps.ts";
import { createSlowAttempts, heldAttemptsMost, type SlowAttempts } from "../webhooks/slow-attempts.ts";

/**
 * Returns a link to a version's audio; undefined if the business does not exist. A generator can
 * use the link for an hour without credentials.
 */
const audioUrlOf =
  (registry: BusinessRegistry, baseUrl: string): AudioUrlOf =>
  async (businessId, versionId) => {
    const business = await registry.findById(businessId);
    return business && `${baseUrl}/v1/versions/${versionId}/audio?${signLink(business, versionId)}`;
  };

const chooseFrom =
  (
    choice: GeneratorChoice,
    registry: BusinessRegistry,
    ownOf: OwnGenerators,
  ): NonNullable<RunGenerationDeps["chooseGenerator"]> =>
  async (businessId, { generator, madeBy }) => {
    const [business, own] = await Promise.all([registry.findById(businessId), ownOf(businessId)]);
    return choice.generatorFor({ wanted: generator, madeBy, allowed: business?.limits.generators }, own);
  };

export interface WorkerDeps
  extends SharedDeps, Pick<RunGenerationDeps, "firstChunkMs" | "stallMs" | "audioUrlOf" | "chooseGenerator"> {
  readonly generator: Generator;
  readonly streams: Streams;
  /** Undefined if no mail server is configured. */
  readonly mailer?: Mailer | undefined;
  readonly publicUrl?: string | undefined;
  readonly slowAttempts: SlowAttempts;
  /** Opens the database of a business that is being moved. */
  readonly openCopy: MoveDeps["openCopy"];
}

export async function createWorkerDeps(config: Config, log: Log): Promise<WorkerDeps> {
  const shared = await createSharedDeps(config, log, "worker");
  const urls = config.generators?.map(({ url }) => url) ?? [config.generatorUrl];
  const intake = createAudioIntake({ isWarm: urls.some(({ scheme }) => scheme !== "builtin") });
  const cache = await openStore("RONDO_CACHE_URL", config.cacheUrl, () => openCache(config, log));
  const streams = createStreams({ store: shared.chunkStore, cache });
  const baseUrl = callbackUrlOf(config);
  const deliveries = createChunkDeliveries({ ...shared, streams, baseUrl });
  const generators = await openGenerators(config, { isWarm: true, intake, deliveries, log });
  const { generator, choice } = generators;
  // A generator on the internet can reach only the public address, and gets no access to the chunk store.
  const { mongodb: _, ...publicDeliveries } = createChunkDeliveries({
    ...{ ...shared, streams, baseUrl: config.publicUrl },
  });
  const { mailUrl, publicUrl } = config;
  const mailer =
    mailUrl && publicUrl
      ? await openStore("RONDO_MAIL_URL", mailUrl, () =>
          openMailer(mailUrl, { senderHost: new URL(publicUrl).hostname }),
        )
      : undefined;
  const ownOf = createOwnGenerators(config, shared.generatorKeys, {
    ...{ isWarm: true, intake, deliveries, publicDeliveries },
  });
  const slowAttempts = createSlowAttempts({ most: heldAttemptsMost(config.outgoingRequestsMax), log });
  return {
    ...shared,
    generator,
    slowAttempts,
    ...(choice === undefined ? {} : { chooseGenerator: chooseFrom(choice, shared.registry, ownOf) }),
    streams,
    mailer,
    publicUrl,
    openCopy: createMoveDeps(config, shared, []).openCopy,
    ...(baseUrl === undefined ? {} : { audioUrlOf: audioUrlOf(shared.registry, baseUrl) }),
    firstChunkMs: config.generatorFirstChunkSeconds * 1000,
    stallMs: config.generatorStallSeconds * 1000,
    async close() {
      await mailer?.close();
      await slowAttempts.close();
      await generators.close();
      await intake.close();
      streams.close();
      await cache.close();
      await shared.close();
    },
  };
}
