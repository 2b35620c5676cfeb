// Builds the HTTP app from its dependencies. The app uses no Bun API, so its `fetch` also runs on
// Node.js.
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { createAuthenticator } from "./accounts/authenticate.ts";
import { listBusinessFaults } from "./businesses/due/business-faults.ts";
import type { ApiDeps } from "./deps/api-deps.ts";
import { createLooks } from "./apps/theme/looks.ts";
import { createHls } from "./streams/audio/hls.ts";
import { AppError, notFound } from "./errors.ts";
import { createOwnership } from "./generations/ownership.ts";
import { createAllowedMethods } from "./http/requests/allowed-methods.ts";
import { addBusinessPaths } from "./http/page/business-path.ts";
import { openToEveryOrigin } from "./http/answers/cors.ts";
import { watchBusinesses } from "./http/metrics/business-metrics.ts";
import { createFailedCredentials } from "./http/credentials/failed-credentials.ts";
import { createIdentify } from "./http/credentials/identify.ts";
import { keepRoom } from "./http/middleware/keep-room.ts";
import { createLinkMaker } from "./http/credentials/links.ts";
import { createLiveAnswers } from "./http/answers/live-answers.ts";
import { createMetrics } from "./http/metrics/metrics.ts";
import { authenticate } from "./http/middleware/authenticate.ts";
import { limitUrl } from "./http/middleware/limit-url.ts";
import { refuseForeignOrigin } from "./http/middleware/refuse-foreign-origin.ts";
import { observe } from "./http/middleware/observe.ts";
import { problemResponse } from "./http/answers/problem.ts";
import { createCountCall, limitRates, type RateLimitsDeps } from "./http/middleware/limit-rates.ts";
import { addFastPath } from "./http/reads/fast-path.ts";
import { createReads } from "./http/reads/reads.ts";
import { answerErrorOf, routeReads } from "./http/reads/route-reads.ts";
import { createRequestRecords } from "./http/requests/request-record.ts";
import { ownAccountRoutes } from "./http/routes/accounts/own-account.ts";
import { recoveryRoutes } from "./http/routes/accounts/recovery.ts";
import { accountRoutes } from "./http/routes/accounts/accounts.ts";
import { appRoutes, themeRoutes } from "./http/routes/operator/apps.ts";
import { businessRoutes, erasureRoutes } from "./http/routes/operator/businesses.ts";
import { docsRoutes } from "./http/docs/routes.ts";
import { downloadRoutes } from "./http/routes/library/downloads.ts";
import { generationStreamRoutes } from "./http/routes/generations/generation-streams.ts";
import { generationWriteRoutes } from "./http/routes/generations/generation-writes.ts";
import { generatorRoutes } from "./http/routes/generations/generators.ts";
import { generationRoutes } from "./http/routes/generations/generations.ts";
import { healthRoutes } from "./http/routes/operator/health.ts";
import { jobRoutes } from "./http/routes/operator/jobs.ts";
import { managedGenerationRoutes } from "./http/routes/manage/generations.ts";
import { keyHolderRoutes } from "./http/routes/manage/me.ts";
import { managedQueryRoutes } from "./http/routes/manage/queries.ts";
import { managedUserRoutes } from "./http/routes/manage/users.ts";
import { migrationRoutes } from "./http/routes/operator/migrations.ts";
import { libraryRoutes } from "./http/routes/library/library.ts";
import { sharedRoutes, sharingRoutes } from "./http/routes/sharing/sharing.ts";
import { mcpRoutes } from "./http/mcp/routes.ts";
import { ownStreamRoutes } from "./http/routes/streams/own-streams.ts";
import { promotionRoutes } from "./http/routes/operator/promotion.ts";
import { overviewRoutes } from "./http/routes/operator/overview.ts";
import { previewRoutes } from "./http/routes/operator/previews.ts";
import { previewQueryRoutes } from "./http/routes/queries/preview-queries.ts";
import { queryRoutes } from "./http/routes/queries/queries.ts";
import { verifyRoutes } from "./http/routes/library/verify.ts";
import { usageRoutes } from "./http/routes/usage/usage.ts";
import { webhookRoutes } from "./http/routes/webhooks/webhooks.ts";
import { versionRoutes } from "./http/routes/library/versions.ts";
import { watchFirstSoundsOfBusinesses } from "./http/metrics/first-sounds-of-businesses.ts";
import { watchFirstSounds, watchStreams } from "./http/metrics/stream-metrics.ts";
import { createSessionCookie } from "./http/credentials/session-cookie.ts";
import { createVersionAudio } from "./http/audio/version-audio.ts";
import type { HttpContext, HttpEnv } from "./http/wire.ts";
import { createAudioFacts } from "./library/tiers/audio-facts.ts";
import { createFindPublicKey } from "./library/files/signing-keys.ts";

const jsonBytesMax = 64 * 1024;

export interface AppOptions {
  /** For tests: if false, there is no fast path, and the router answers every request. */
  readonly hasFastPath?: boolean;
  /**
   * For tests: a function that replaces `isFree` in limit-rates.ts. It returns true for a call that must not count
   * towards any rate limit.
   */
  readonly isFree?: RateLimitsDeps["isFree"];
}

export function createApp(deps: ApiDeps, { hasFastPath = true, isFree }: AppOptions = {}) {
  const metrics = createMetrics();
  const sharing = { ...deps, looks: createLooks(deps), soundOrigin: deps.objectLinks?.origin ?? "" };
  const links = createLinkMaker(deps.publicUrl);
  metrics.watchEach(
    "rondo_disk_free_bytes",
    "Free bytes on each disk with files of Rondo, by folder.",
    "folder",
    async () => deps.room.freeBytes(),
  );
  watchStreams(metrics, deps.streams.counters);
  watchFirstSounds(metrics, deps.streams.firstSounds);
  const firstSounds = watchFirstSoundsOfBusinesses(deps.streams.firstSounds);
  watchBusinesses(metrics, deps.control);

  const smallBody = bodyLimit({
    maxSize: jsonBytesMax,
    onError: () => {
      throw new AppError("BODY_TOO_LARGE", `The body is larger than ${jsonBytesMax} bytes.`);
    },
  });

  const findCaller = createAuthenticator(deps);
  const sessionCookie = createSessionCookie(deps.publicUrl);
  const failedCredentials = createFailedCredentials(deps);
  const identify = createIdentify({ ...deps, findCaller, sessionCookie, failedCredentials });
  const live = createLiveAnswers({ ...deps, findCaller, sessionCookie });
  const begin = createRequestRecords({ ...deps, metrics, countFailure: identify.countFailure });

  const facts = createAudioFacts(deps.databases);
  const audio = createVersionAudio({ ...deps, ...facts });
  const findOwned = createOwnership(deps.databases);

  const reads = createReads({ ...deps, ...facts, findOwned, audio, live, metrics });
  const answerError = answerErrorOf(reads);
  const countCall = createCountCall({ ...deps, isFree });
  const limit = limitRates(countCall, answerError);

  const sameOrigin = refuseForeignOrigin({ sessionCookie, publicUrl: deps.publicUrl });

  // A `use` applies only to the routes after it. `generationWriteRoutes` comes before `authenticate`, because its
  // requests have a write token and no other credential. Routes before `smallBody` accept larger bodies.
  const v1 = new Hono<HttpEnv>()
    .use(sameOrigin)
    .route("/generations", generationWriteRoutes(deps))
    .use(authenticate(identify))
    .use(limit)
    .use(keepRoom(deps.room));
  routeReads(v1, reads, "/v1");
  v1.route("/stream", ownStreamRoutes(deps))
    .route("/verify", verifyRoutes({ ...deps, findPublicKey: createFindPublicKey(deps.registry) }))
    .route("/businesses", appRoutes(deps))
    .use(smallBody)
    .route("/themes", themeRoutes(deps))
    .route("/", accountRoutes({ ...deps, findCaller, sessionCookie, forgetSounds: facts.forget }))
    .route("/accounts", recoveryRoutes(deps))
    .route("/accounts/me", ownAccountRoutes({ ...deps, sessionCookie }))
    .route("/businesses", businessRoutes(deps))
    .route("/businesses", previewRoutes(deps))
    .route("/businesses", promotionRoutes(deps))
    .route("/erasures", erasureRoutes(deps))
    .route("/migrations", migrationRoutes(deps))
    .route("/generations", generationRoutes({ ...deps, links }))
    .route("/generators", generatorRoutes(deps))
    .route("/", overviewRoutes(deps))
    .route("/jobs", jobRoutes(deps))
    .route("/", libraryRoutes({ ...deps, links, forgetSounds: facts.forget }))
    .route("/", downloadRoutes(deps))
    .route("/", sharingRoutes(sharing))
    .route("/generations", generationStreamRoutes())
    .route("/queries", queryRoutes(deps))
    .route("/previews", previewQueryRoutes(deps))
    .route("/", usageRoutes(deps))
    .route("/webhooks", webhookRoutes(deps))
    .route("/manage", keyHolderRoutes(deps))
    .route("/manage", managedGenerationRoutes({ ...deps, firstSounds }))
    .route("/manage", managedQueryRoutes(deps))
    .route("/manage", managedUserRoutes({ ...deps, forgetSounds: facts.forget }))
    .route("/versions", versionRoutes({ ...deps, links, audio, hls: createHls({ streams: deps.streams }) }));

  // The middleware is added for each of these paths. With "*", it would also run for all other routes, such as /health.
  const shared = new Hono<HttpEnv>();
  for (const path of ["/s/*", "/embed/*", "/oembed"]) shared.use(path, authenticate(identify), limit);
  shared.route("/", sharedRoutes(sharing));
  const allowedMethods = createAllowedMethods(() => app.routes);
  const app: Hono<HttpEnv> = new Hono<HttpEnv>()
    .use(observe(begin))
    .use(openToEveryOrigin)
    .use(limitUrl)
    .onError((err, c) => answerError(err, c.req.raw, c.get("requestId")))
    .notFound((c) => answerUnrouted(c, allowedMethods(c.req.path)))
    .route(
      "/",
      healthRoutes({
        checks: deps.checks,
        room: deps.room,
        metrics,
        countNotServed: async () =>
          (await listBusinessFaults(deps.control)).filter(({ kind }) => kind === "schema").length,
      }),
    )
    .use("/openapi.json", authenticate(identify))
    .use("/docs", authenticate(identify))
    .route("/", docsRoutes(deps))
    .route(
      "/mcp",
      new Hono<HttpEnv>()
        .use(sameOrigin)
        .use(authenticate(identify))
        .use(limit)
        .use(smallBody)
        .route("/", mcpRoutes(deps)),
    )
    .route("/v1", v1)
    .route("/", shared);

  if (hasFastPath) addFastPath(app, { reads, begin, callerOf: identify.callerOf, countCall });
  addBusinessPaths(app, sessionCookie);
  return app;
}

/** Answers a request for an address that is unknown or allows only other methods. */
function answerUnrouted(c: HttpContext, allow: string | undefined): Response {
  if (allow === undefined) return problemResponse(notFound("page"), c.get("requestId"));
  if (c.req.method === "OPTIONS") return new Response(null, { status: 204, headers: { allow } });
  const err = new AppError("METHOD_NOT_ALLOWED", `This address allows only ${allow}.`, {
    details: { allow },
  });
  return problemResponse(err, c.get("requestId"));
}
