// Examines the settings that name a folder, a server, an address or a key. All checks run at the same time. The code of
// each technology examines its own server, and reports faults with hints.
import type { Config } from "../config/config.ts";
import { migrationsOf } from "../deps/migrations-of.ts";
import { refuseEmptiedControl } from "../deps/open-control.ts";
import { provisionerAt } from "../ports/business-provisioner/open.ts";
import { chunkCaches } from "../ports/chunk-cache/open.ts";
import { chunkStores } from "../ports/chunk-store/open.ts";
import { databases } from "../ports/database/open.ts";
import { examineFolder } from "../ports/drivers/examine-disk.ts";
import { type Found, good, wrong } from "../ports/found.ts";
import { generators } from "../ports/generator/open.ts";
import { jobQueues } from "../ports/job-queue/open.ts";
import { examineLanguageModel } from "../ports/language-model/open.ts";
import { mailers } from "../ports/mailer/open.ts";
import { objectStores } from "../ports/object-store/open.ts";
import type { StoreUrl } from "../ports/store-url.ts";
import { type Technology, technologyOf } from "../ports/technology.ts";
import { businessFaultFindings } from "./business-fault-findings.ts";
import { businessDatabaseFindings, chunkFileFindings } from "./business-file-findings.ts";
import { type Finding, foundOf } from "./finding.ts";
import { masterKeyFindings } from "./master-key-findings.ts";
import { publicUrlFindings } from "./public-url-findings.ts";

type Check = () => Promise<readonly Found[]>;

const checkMs = 20_000;

/**
 * Returns the findings in the order of the settings. Never rejects: if a check fails or takes
 * longer than `checkMs`, this is a finding, too.
 */
export async function examine(config: Config): Promise<readonly Finding[]> {
  const findings = await Promise.all(
    checksOf(config).map(async ([setting, check]) =>
      (await ended(check)).map((found) => ({ setting, ...found })),
    ),
  );
  return findings.flat();
}

const checksOf = (config: Config): readonly (readonly [setting: string, check: Check])[] => [
  ["RONDO_DATA", () => examineFolder(config.dataDir)],
  ["RONDO_MASTER_KEY", () => masterKeyFindings(config)],
  ["RONDO_CONTROL_URL", () => checkControl(config)],
  ["RONDO_BUSINESS_URL", () => checkBusinesses(config)],
  ["RONDO_BUSINESS_URL", () => businessDatabaseFindings(config)],
  ["RONDO_BUSINESS_URL", () => businessFaultFindings(config)],
  ["RONDO_CHUNKS_URL", () => examineStore(chunkStores, config.chunksUrl)],
  ["RONDO_CHUNKS_URL", () => chunkFileFindings(config)],
  ["RONDO_CACHE_URL", () => examineStore(chunkCaches, config.cacheUrl)],
  ["RONDO_QUEUE_URL", () => examineStore(jobQueues, config.queueUrl)],
  ["RONDO_OBJECTS_URL", () => examineStore(objectStores, config.objectsUrl)],
  ...formerStoreChecks(config),
  ...generatorChecks(config),
  ["RONDO_MAIL_URL", () => checkMail(config.mailUrl)],
  ["RONDO_LLM_URL", () => checkModel(config.languageModel)],
  ["RONDO_PUBLIC_URL", () => publicUrlFindings(config)],
];

/** Returns the checks of the former stores, from which content is being moved. */
const formerStoreChecks = ({ chunksFromUrl, queueFromUrl, objectsFromUrl }: Config) => [
  ...(chunksFromUrl ? [["RONDO_CHUNKS_FROM", () => examineStore(chunkStores, chunksFromUrl)] as const] : []),
  ...(queueFromUrl ? [["RONDO_QUEUE_FROM", () => examineStore(jobQueues, queueFromUrl)] as const] : []),
  ...(objectsFromUrl
    ? [["RONDO_OBJECTS_FROM", () => examineStore(objectStores, objectsFromUrl)] as const]
    : []),
];

/**
 * Returns the checks of the generators. With RONDO_GENERATORS, each finding begins with the name of its generator. The
 * finding for a check that took longer than `checkMs` has no such name.
 */
const generatorChecks = ({ generators: named, generatorUrl }: Config) =>
  named === undefined
    ? [["RONDO_GENERATOR_URL", () => examineStore(generators, generatorUrl)] as const]
    : named.map(
        ({ name, url }) =>
          [
            "RONDO_GENERATORS",
            async () =>
              (await examineStore(generators, url).catch((err: unknown) => [foundOf(err)])).map((found) => ({
                ...found,
                says: `${name}: ${found.says}`,
              })),
          ] as const,
      );

async function ended(check: Check): Promise<readonly Found[]> {
  const late = Promise.withResolvers<readonly Found[]>();
  const timer = setTimeout(
    () =>
      late.resolve([
        wrong(
          "There was no answer in time.",
          "Is the server running, and does the firewall allow the connection?",
        ),
      ]),
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

const examineStore = (
  technologies: readonly Technology<never, unknown>[],
  { scheme, location }: StoreUrl,
): Promise<readonly Found[]> => technologyOf(technologies, scheme).examine(location);

async function checkControl(config: Config): Promise<readonly Found[]> {
  await refuseEmptiedControl(config);
  const { scheme, location } = config.controlUrl;
  return technologyOf(databases, scheme).examine(location, migrationsOf("control"));
}

const checkBusinesses = ({ businessUrl, neon }: Config): Promise<readonly Found[]> =>
  provisionerAt(businessUrl).examine(businessUrl.location, { access: neon });

async function checkMail(url: StoreUrl | undefined): Promise<readonly Found[]> {
  return url
    ? examineStore(mailers, url)
    : [good("No mail server is set; the operator issues links for new passwords.")];
}

async function checkModel(model: Config["languageModel"]): Promise<readonly Found[]> {
  return model
    ? examineLanguageModel(model)
    : [good("No language model is set; only `rondo specs draft` uses one.")];
}
