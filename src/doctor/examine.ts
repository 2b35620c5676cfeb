// Examines every setting at once: asks each store what it says of itself, and tells what is wrong and what to do.
// The one place besides deps.ts that turns a URL into a technology. Nothing of a technology is loaded that is not set.
import { stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Config, StoreUrl } from "../config/config.ts";
import { AppError, storeNewer } from "../errors.ts";
import { migrationNames, refuseNewer } from "../ports/database/migration-files.ts";
import { jobSchemaVersion } from "../ports/job-queue/sqlite/schema.ts";
import type { SqliteReport } from "../ports/drivers/sqlite-inspect.ts";
import { type Finding, type Found, foundOf, good, wrong } from "./finding.ts";
import { businessDatabaseFindings, chunkFileFindings } from "./business-file-findings.ts";
import { businessFaultFindings } from "./business-fault-findings.ts";
import { folderFindings, sqliteFindings } from "./folder-findings.ts";
import { masterKeyFindings } from "./master-key-findings.ts";
import { businessFindings, controlFindings } from "./postgres-findings.ts";
import { publicUrlFindings } from "./public-url-findings.ts";
import { cacheFindings, queueFindings } from "./redis-findings.ts";
import { gcsFindings, modelFindings, mongoFindings, neonFindings } from "./store-findings.ts";

type Check = () => Promise<readonly Found[]>;

const checkMs = 20_000;
const controlMigrations = join(import.meta.dirname, "../../migrations/control");

/** In the order of the settings, whichever ended first. Never rejects. */
export async function examine(config: Config): Promise<readonly Finding[]> {
  const findings = await Promise.all(
    checksOf(config).map(async ([setting, check]) =>
      (await ended(check)).map((found) => ({ setting, ...found })),
    ),
  );
  return findings.flat();
}

const checksOf = (config: Config): readonly (readonly [setting: string, check: Check])[] => [
  ["RONDO_DATA", () => checkFolder(config.dataDir)],
  ["RONDO_MASTER_KEY", () => masterKeyFindings(config)],
  ["RONDO_CONTROL_URL", () => checkControl(config.controlUrl)],
  ["RONDO_BUSINESS_URL", () => checkBusinesses(config)],
  ["RONDO_BUSINESS_URL", () => businessDatabaseFindings(config)],
  ["RONDO_BUSINESS_URL", () => businessFaultFindings(config)],
  ["RONDO_CHUNKS_URL", () => checkChunks(config.chunksUrl)],
  ["RONDO_CHUNKS_URL", () => chunkFileFindings(config)],
  ["RONDO_CACHE_URL", () => checkCache(config.cacheUrl)],
  ["RONDO_QUEUE_URL", () => checkQueue(config.queueUrl)],
  ["RONDO_OBJECTS_URL", () => checkObjects(config.objectsUrl)],
  ["RONDO_GENERATOR_URL", () => checkGenerator(config.generatorUrl)],
  ["RONDO_LLM_URL", () => checkModel(config.languageModel)],
  ["RONDO_PUBLIC_URL", () => publicUrlFindings(config)],
];

async function ended(check: Check): Promise<readonly Found[]> {
  const late = Promise.withResolvers<readonly Found[]>();
  const timer = setTimeout(
    () =>
      late.resolve([wrong("There was no answer in time.", "Is something there, and is the way to it free?")]),
    checkMs,
  );
  try {
    return await Promise.race([check(), late.promise]);
  } catch (err) {
    return [foundOf(err)];
  } finally {
    clearTimeout(timer);
  }
}

const isPostgres = ({ scheme }: StoreUrl): boolean => scheme === "postgres" || scheme === "postgresql";

async function checkControl(url: StoreUrl): Promise<readonly Found[]> {
  if (!isPostgres(url)) {
    const names = await migrationNames(controlMigrations);
    return checkSqliteFile(url.location, ({ migrations }) => refuseNewer(migrations, names));
  }
  return controlFindings(await inspectServer(url.location));
}

async function checkBusinesses({ businessUrl, neon }: Config): Promise<readonly Found[]> {
  if (neon) {
    const { inspectNeon } = await import("../ports/business-provisioner/neon/inspect.ts");
    return neonFindings(await inspectNeon(neon));
  }
  if (!isPostgres(businessUrl)) return checkFolder(businessUrl.location);
  return businessFindings(await inspectServer(businessUrl.location));
}

async function checkChunks({ scheme, location }: StoreUrl): Promise<readonly Found[]> {
  if (scheme === "sqlite") return checkFolder(location);
  const { inspectMongo } = await import("../ports/chunk-store/mongodb/inspect.ts");
  return mongoFindings(await inspectMongo(location));
}

async function checkCache({ scheme, location }: StoreUrl): Promise<readonly Found[]> {
  if (scheme === "memory") return [good("Each process has a cache of its own, in memory.")];
  const { inspectRedis } = await import("../ports/drivers/redis-inspect.ts");
  return cacheFindings(await inspectRedis(location, "rondo"));
}

async function checkQueue({ scheme, location }: StoreUrl): Promise<readonly Found[]> {
  if (scheme === "sqlite") {
    return checkSqliteFile(location, ({ userVersion }) => {
      if (userVersion > jobSchemaVersion) throw storeNewer(location, userVersion);
    });
  }
  const { inspectRedis } = await import("../ports/drivers/redis-inspect.ts");
  return queueFindings(await inspectRedis(location, "{rondo}"));
}

async function checkObjects({ scheme, location }: StoreUrl): Promise<readonly Found[]> {
  if (scheme === "none") return [good("Finished audio stays in the chunk store.")];
  if (scheme === "file") return checkFolder(location);
  const { inspectGcs } = await import("../ports/object-store/gcs/inspect.ts");
  return gcsFindings(await inspectGcs(location));
}

async function checkGenerator({ scheme, location }: StoreUrl): Promise<readonly Found[]> {
  if (scheme === "builtin") return [good("Music is made in the worker itself.")];
  const answer = await fetch(location, { signal: AbortSignal.timeout(5_000) }).catch((cause: unknown) => {
    throw new AppError("UNAVAILABLE", "The generator cannot be reached.", {
      hint: "Is it running where RONDO_GENERATOR_URL points?",
      cause,
    });
  });
  await answer.body?.cancel();
  return answer.status >= 500
    ? [wrong(`The generator answers ${answer.status}.`, "See its own log.")]
    : [good("The generator answers.")];
}

async function checkModel(model: Config["languageModel"]): Promise<readonly Found[]> {
  if (!model) return [good("No language model; only `rondo specs draft` would use one.")];
  const { inspectModelEndpoint } = await import("../ports/language-model/chat-completions/inspect.ts");
  return modelFindings(model.model, await inspectModelEndpoint(model.url, model.key));
}

async function checkFolder(folder: string): Promise<readonly Found[]> {
  const { inspectFolder } = await import("../ports/drivers/file-inspect.ts");
  const place = await stat(folder).catch(() => undefined);
  if (place && !place.isDirectory()) {
    return [wrong(`${folder} is a file, and should be a folder.`, "Name another place, or move the file.")];
  }
  return folderFindings(folder, await inspectFolder(folder));
}

/** `refuse` throws for an unknown schema. */
async function checkSqliteFile(
  file: string,
  refuse: (report: SqliteReport) => void,
): Promise<readonly Found[]> {
  const { inspectSqlite } = await import("../ports/drivers/sqlite-inspect.ts");
  const folder = await checkFolder(dirname(file));
  const isMissing = folder.some(({ state }) => state === "wrong");
  if (isMissing) return folder;
  const report = inspectSqlite(file);
  refuse(report);
  return [...folder, ...sqliteFindings(file, report)];
}

async function inspectServer(url: string) {
  const [{ inspectPostgres }, { refuseSharedSessions }] = await Promise.all([
    import("../ports/database/postgres/inspect.ts"),
    import("../ports/database/postgres/pooler.ts"),
  ]);
  const report = await inspectPostgres(url);
  await refuseSharedSessions(url);
  return report;
}
