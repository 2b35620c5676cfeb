// Reads the environment, once, and nothing else does: every need is one URL. Lists every fault at a time.
import { resolve } from "node:path";
import type { MakingLimits } from "../businesses/making-limits.ts";
import type { RateLimits } from "../businesses/rate-limits.ts";
import { AppError, type Fault } from "../errors.ts";
import { neonProjectOf, provisioners } from "../ports/business-provisioner/open.ts";
import { chunkCaches } from "../ports/chunk-cache/open.ts";
import { chunkStores } from "../ports/chunk-store/open.ts";
import { databases } from "../ports/database/open.ts";
import { generators } from "../ports/generator/open.ts";
import { jobQueues } from "../ports/job-queue/open.ts";
import { objectStores } from "../ports/object-store/open.ts";
import type { StoreUrl } from "../ports/store-url.ts";
import { type AnyTechnology, findTechnology } from "../ports/technology.ts";
import { readSecretFiles } from "./secret-files.ts";
import type { RateLimit } from "../ports/rate-limiter/rate-limiter.ts";

export type LogLevel = "debug" | "info" | "warn" | "error" | "silent";
const logLevels: readonly LogLevel[] = ["debug", "info", "warn", "error", "silent"];

export interface Config {
  readonly dataDir: string;
  readonly host: string;
  readonly port: number;
  /** A connection is closed after this many seconds without a byte; 0: never. */
  readonly idleSeconds: number;
  /** Where the world reaches us; from the request where not set. */
  readonly publicUrl: string | undefined;
  readonly logLevel: LogLevel;
  readonly controlUrl: StoreUrl;
  readonly businessUrl: StoreUrl;
  readonly chunksUrl: StoreUrl;
  readonly cacheUrl: StoreUrl;
  readonly queueUrl: StoreUrl;
  readonly objectsUrl: StoreUrl;
  readonly generatorUrl: StoreUrl;
  /** What changes the Neon project of RONDO_BUSINESS_URL. */
  readonly neon:
    { readonly projectId: string; readonly apiKey: string; readonly apiUrl?: string } | undefined;
  readonly languageModel:
    { readonly url: string; readonly model: string; readonly key: string | undefined } | undefined;
  /** 32 bytes, or the file that holds them and is made where missing. */
  readonly masterKey: Uint8Array | { readonly file: string };
  readonly operatorKey: string | undefined;
  /** Query specs are read anew when a file changes. */
  readonly watchSpecs: boolean;
  /** How long what was deleted can be restored. */
  readonly trashDays: number;
  /** The connections that this process may use for businesses on one server; undefined: a share of the server's limit. */
  readonly databaseConnections: number | undefined;
  /** How long the chunks of a version stay once its object is stored, or was brought back. */
  readonly chunkRetentionMs: number;
  /** Finished audio above it is kept in parts; one file where not set. */
  readonly objectPartBytes: number | undefined;
  /** The bytes that new work leaves free on each disk with Rondo's files; undefined: depends on the size of the disk. */
  readonly diskLeftFreeBytes: number | undefined;
  readonly rateLimits: RateLimits;
  readonly makingLimits: MakingLimits;
  /** The limit of wrong passwords for one e-mail from one address; undefined: no limit. */
  readonly signInLimit: RateLimit | undefined;
  /** The limit of wrong credentials from one address; undefined: no limit. */
  readonly failedCredentialLimit: RateLimit | undefined;
  /** The event streams and long-polls that one process keeps open at a time, for one user and for all users of one address. */
  readonly liveLimits: { readonly user: number; readonly address: number };
  /** Proxies of ours in front, each of which adds the address it was called from to X-Forwarded-For. */
  readonly trustedProxies: number;
}

/** Exit code of a process whose settings can't work (sysexits.h, EX_CONFIG): starting it again would end the same. */
export const exitBadSettings = 78;

interface UrlRule {
  readonly fallback: string;
  readonly technologies: readonly AnyTechnology[];
  /** Schemes that are planned and not supported yet. */
  readonly planned: readonly string[];
}

const urlRules = {
  RONDO_CONTROL_URL: { fallback: "sqlite:./data/control.db", technologies: databases, planned: [] },
  RONDO_BUSINESS_URL: { fallback: "sqlite:./data/businesses", technologies: provisioners, planned: [] },
  RONDO_CHUNKS_URL: { fallback: "sqlite:./data/chunks", technologies: chunkStores, planned: [] },
  RONDO_CACHE_URL: { fallback: "memory:", technologies: chunkCaches, planned: [] },
  RONDO_QUEUE_URL: { fallback: "sqlite:./data/jobs.db", technologies: jobQueues, planned: [] },
  RONDO_OBJECTS_URL: { fallback: "file:./data/objects", technologies: objectStores, planned: [] },
  RONDO_GENERATOR_URL: { fallback: "builtin:", technologies: generators, planned: ["http", "https"] },
} as const satisfies Record<string, UrlRule>;

const rateDefaults = {
  RONDO_LIMIT_WRITES: "600/1m",
  RONDO_LIMIT_GENERATIONS: "120/1h",
  RONDO_LIMIT_BUSINESS: "60000/1m",
  RONDO_LIMIT_ADDRESS: "120/10m",
  RONDO_LIMIT_SIGN_INS: "10/15m",
  RONDO_LIMIT_FAILED_CREDENTIALS: "60/10m",
  RONDO_LIMIT_GUEST_MINUTES: "120/1d",
} as const;

type Environment = Readonly<Record<string, string | undefined>>;

/** Throws AppError CONFIG_INVALID with one fault per bad variable. */
export function readConfig(environment: Environment = process.env): Config {
  const faults: Fault[] = [];
  const settings = readSecretFiles(environment, faults);
  const value = (name: string) => settings[name]?.trim() || undefined;

  const dataDir = resolve(value("RONDO_DATA") ?? "./data");

  const storeUrl = (name: keyof typeof urlRules): StoreUrl => {
    const rule: UrlRule = urlRules[name];
    const given = value(name);
    const url = given ?? rule.fallback.replace("./data", dataDir);
    const parsed = parseStoreUrl(url);
    const refuse = (message: string, example = rule.fallback): StoreUrl => {
      faults.push({ at: name, message, hint: `For example ${name}=${example}` });
      return { scheme: "", location: "" };
    };
    if (!parsed) return refuse(`"${hideSecrets(url)}" is not a URL.`);
    const technology = findTechnology(rule.technologies, parsed.scheme);
    const built = rule.technologies.flatMap(({ schemes }) => schemes);
    if (technology) {
      const fault = technology.faultOf(parsed.location);
      return fault === undefined ? parsed : refuse(fault, technology.example);
    }
    if (rule.planned.includes(parsed.scheme)) {
      return refuse(`${parsed.scheme}: is not supported by this version yet; it takes ${schemes(built)}.`);
    }
    return refuse(`${parsed.scheme}: is not supported here; it takes ${schemes(built)}.`);
  };

  const port = Number(value("PORT") ?? "3000");
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    faults.push({
      at: "PORT",
      message: `"${value("PORT")}" is not a port.`,
      hint: "A whole number from 0 to 65535, for example PORT=3000",
    });
  }

  const idleSeconds = Number(value("RONDO_IDLE_SECONDS") ?? "255");
  if (!Number.isInteger(idleSeconds) || idleSeconds < 0 || idleSeconds > 255) {
    faults.push({
      at: "RONDO_IDLE_SECONDS",
      message: `"${value("RONDO_IDLE_SECONDS")}" is not a number of seconds from 0 to 255.`,
      hint: "More than the load balancer in front keeps an idle connection, or 0 to close none: RONDO_IDLE_SECONDS=255",
    });
  }

  const logLevel = (value("RONDO_LOG") ?? "info") as LogLevel;
  if (!logLevels.includes(logLevel)) {
    faults.push({
      at: "RONDO_LOG",
      message: `"${logLevel}" is not a level.`,
      hint: `One of ${logLevels.join(", ")}`,
    });
  }

  const publicUrl = value("RONDO_PUBLIC_URL");
  if (publicUrl && !isHttpUrl(publicUrl)) {
    faults.push({
      at: "RONDO_PUBLIC_URL",
      message: `"${publicUrl}" is not an http or https URL.`,
      hint: "For example RONDO_PUBLIC_URL=https://music.example.com",
    });
  }

  const masterKeyText = value("RONDO_MASTER_KEY");
  const masterKeyBytes =
    masterKeyText === undefined ? undefined : new Uint8Array(Buffer.from(masterKeyText, "base64"));
  if (masterKeyBytes && masterKeyBytes.length !== 32) {
    faults.push({
      at: "RONDO_MASTER_KEY",
      message: `It holds ${masterKeyBytes.length} bytes, not 32.`,
      hint: "Make one with: openssl rand -base64 32",
    });
  }

  const operatorKey = value("RONDO_OPERATOR_KEY");
  if (operatorKey && operatorKey.length < 16) {
    faults.push({
      at: "RONDO_OPERATOR_KEY",
      message: "It is shorter than 16 characters.",
      hint: "Make one with: openssl rand -hex 24",
    });
  }

  const connectionsText = value("RONDO_DATABASE_CONNECTIONS");
  const databaseConnections = connectionsText === undefined ? undefined : Number(connectionsText);
  if (
    databaseConnections !== undefined &&
    !(Number.isInteger(databaseConnections) && databaseConnections >= 2)
  ) {
    faults.push({
      at: "RONDO_DATABASE_CONNECTIONS",
      message: `"${connectionsText}" is not a number of connections.`,
      hint: "A whole number from 2, for example RONDO_DATABASE_CONNECTIONS=40",
    });
  }

  const trashDays = Number(value("RONDO_TRASH_DAYS") ?? "30");
  if (!Number.isInteger(trashDays) || trashDays < 0 || trashDays > 3_650) {
    faults.push({
      at: "RONDO_TRASH_DAYS",
      message: `"${value("RONDO_TRASH_DAYS")}" is not a number of days.`,
      hint: "A whole number from 0 to 3650, for example RONDO_TRASH_DAYS=30",
    });
  }

  const partText = value("RONDO_OBJECT_PART_BYTES");
  const objectPartBytes = partText === undefined ? undefined : Number(partText);
  if (
    objectPartBytes !== undefined &&
    !(Number.isSafeInteger(objectPartBytes) && objectPartBytes >= 1 << 20)
  ) {
    faults.push({
      at: "RONDO_OBJECT_PART_BYTES",
      message: `"${partText}" is not a number of bytes of 1 MiB or more.`,
      hint: "For example RONDO_OBJECT_PART_BYTES=67108864",
    });
  }

  const leftFreeText = value("RONDO_DISK_LEFT_FREE");
  const diskLeftFreeBytes = leftFreeText === undefined ? undefined : Number(leftFreeText);
  if (
    diskLeftFreeBytes !== undefined &&
    !(Number.isSafeInteger(diskLeftFreeBytes) && diskLeftFreeBytes >= 0)
  ) {
    faults.push({
      at: "RONDO_DISK_LEFT_FREE",
      message: `"${leftFreeText}" is not a number of bytes.`,
      hint: "For example RONDO_DISK_LEFT_FREE=268435456",
    });
  }

  const retention = value("RONDO_CHUNK_RETENTION") ?? "7d";
  const chunkRetentionMs = parseDurationMs(retention);
  if (chunkRetentionMs === undefined) {
    faults.push({
      at: "RONDO_CHUNK_RETENTION",
      message: `"${retention}" is not a time.`,
      hint: "A whole number with s, m, h or d, for example RONDO_CHUNK_RETENTION=7d",
    });
  }

  const rateLimit = (name: keyof typeof rateDefaults): RateLimit | undefined => {
    const text = value(name) ?? rateDefaults[name];
    if (text === "off") return undefined;
    const [, quota = "0", window = ""] = /^(\d{1,9})\/(\w+)$/.exec(text) ?? [];
    const windowMs = parseDurationMs(window) ?? 0;
    if (Number(quota) > 0 && windowMs > 0)
      return { quota: Number(quota), windowSeconds: Math.ceil(windowMs / 1000) };
    faults.push({
      at: name,
      message: `"${text}" is not a limit.`,
      hint: `So many in a time, for example ${name}=${rateDefaults[name]}, or off`,
    });
    return undefined;
  };

  const countLimit = (name: string, fallback: number): number | undefined => {
    const text = value(name) ?? String(fallback);
    if (text === "off") return undefined;
    if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
    faults.push({
      at: name,
      message: `"${text}" is not a number of pieces.`,
      hint: `A whole number from 1, for example ${name}=${fallback}, or off`,
    });
    return undefined;
  };

  const streamsMax = (name: string, fallback: number): number => {
    const text = value(name);
    const streams = Number(text ?? fallback);
    if (Number.isSafeInteger(streams) && streams >= 1) return streams;
    faults.push({
      at: name,
      message: `"${text}" is not a number of streams.`,
      hint: `A whole number from 1, for example ${name}=${fallback}`,
    });
    return fallback;
  };

  const trustedProxies = Number(value("RONDO_TRUSTED_PROXIES") ?? "0");
  if (!Number.isInteger(trustedProxies) || trustedProxies < 0 || trustedProxies > 10) {
    faults.push({
      at: "RONDO_TRUSTED_PROXIES",
      message: `"${value("RONDO_TRUSTED_PROXIES")}" is not a number of proxies.`,
      hint: "How many of yours stand in front, for example RONDO_TRUSTED_PROXIES=1",
    });
  }

  const llmUrl = value("RONDO_LLM_URL");
  const llmModel = value("RONDO_LLM_MODEL");
  if (llmUrl && !isHttpUrl(llmUrl)) {
    faults.push({
      at: "RONDO_LLM_URL",
      message: "It is not an http or https URL.",
      hint: "For example RONDO_LLM_URL=http://127.0.0.1:11434/v1",
    });
  }
  if (llmUrl && !llmModel) {
    faults.push({
      at: "RONDO_LLM_MODEL",
      message: "RONDO_LLM_URL is set, and this names no model.",
      hint: "The name the endpoint knows the model by",
    });
  }

  const businessUrl = storeUrl("RONDO_BUSINESS_URL");
  // A URL that names no project has its fault already; the key is checked with it.
  const neonUrl = value("RONDO_BUSINESS_URL") ?? "";
  const neon = neonUrl.startsWith("neon:") ? readNeon(neonUrl, value, faults) : undefined;

  const config: Config = {
    dataDir,
    host: value("RONDO_HOST") ?? "127.0.0.1",
    port,
    idleSeconds,
    publicUrl: publicUrl?.replace(/\/+$/, ""),
    logLevel,
    controlUrl: storeUrl("RONDO_CONTROL_URL"),
    businessUrl,
    neon,
    chunksUrl: storeUrl("RONDO_CHUNKS_URL"),
    cacheUrl: storeUrl("RONDO_CACHE_URL"),
    queueUrl: storeUrl("RONDO_QUEUE_URL"),
    objectsUrl: storeUrl("RONDO_OBJECTS_URL"),
    generatorUrl: storeUrl("RONDO_GENERATOR_URL"),
    languageModel:
      llmUrl && llmModel
        ? { url: llmUrl.replace(/\/+$/, ""), model: llmModel, key: value("RONDO_LLM_KEY") }
        : undefined,
    masterKey: masterKeyBytes ?? { file: resolve(dataDir, "master.key") },
    operatorKey,
    watchSpecs: value("RONDO_WATCH_SPECS") === "true",
    trashDays,
    databaseConnections,
    chunkRetentionMs: chunkRetentionMs ?? 0,
    objectPartBytes,
    diskLeftFreeBytes,
    rateLimits: {
      writes: rateLimit("RONDO_LIMIT_WRITES"),
      generations: rateLimit("RONDO_LIMIT_GENERATIONS"),
      business: rateLimit("RONDO_LIMIT_BUSINESS"),
      address: rateLimit("RONDO_LIMIT_ADDRESS"),
    },
    signInLimit: rateLimit("RONDO_LIMIT_SIGN_INS"),
    failedCredentialLimit: rateLimit("RONDO_LIMIT_FAILED_CREDENTIALS"),
    liveLimits: {
      user: streamsMax("RONDO_STREAMS_PER_USER", 100),
      address: streamsMax("RONDO_STREAMS_PER_ADDRESS", 2_000),
    },
    makingLimits: {
      ofBusiness: countLimit("RONDO_LIMIT_BUSINESS_PIECES", 500),
      ofAddress: countLimit("RONDO_LIMIT_ADDRESS_PIECES", 20),
      guestMinutes: rateLimit("RONDO_LIMIT_GUEST_MINUTES"),
    },
    trustedProxies,
  };
  if (faults.length > 0) {
    throw new AppError("CONFIG_INVALID", "Rondo can't start with these settings.", { faults });
  }
  return config;
}

/** The settings' faults as lines for a terminal. */
export const configFaultLines = (err: AppError): string =>
  [
    err.publicMessage,
    ...(err.faults ?? []).map(
      (fault) => `  ${fault.at}: ${fault.message}${fault.hint ? `\n    ${fault.hint}` : ""}`,
    ),
  ].join("\n");

function readNeon(
  location: string,
  value: (name: string) => string | undefined,
  faults: Fault[],
): Config["neon"] {
  const projectId = neonProjectOf(location) ?? "";
  const apiKey = value("RONDO_NEON_API_KEY");
  if (apiKey === undefined) {
    faults.push({
      at: "RONDO_NEON_API_KEY",
      message: "RONDO_BUSINESS_URL is a Neon project, and this holds no key to it.",
      hint: "Make one in Neon's console, under the account's API keys",
    });
  }
  const apiUrl = value("RONDO_NEON_API_URL");
  if (apiUrl !== undefined && !isHttpUrl(apiUrl)) {
    faults.push({
      at: "RONDO_NEON_API_URL",
      message: "It is not an http or https URL.",
      hint: "Leave it out for Neon's own",
    });
  }
  return { projectId, apiKey: apiKey ?? "", ...(apiUrl === undefined ? {} : { apiUrl }) };
}

function parseStoreUrl(text: string): StoreUrl | undefined {
  const match = /^([a-z][a-z0-9+]*):(.*)$/s.exec(text);
  if (!match) return undefined;
  const [, scheme = "", rest = ""] = match;
  if (scheme === "sqlite" || scheme === "file") {
    const path = rest.replace(/^\/\//, "");
    return { scheme, location: path === "" ? "" : resolve(path) };
  }
  return { scheme, location: text };
}

const unitMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** "90s", "7d"; at most ten years. */
function parseDurationMs(text: string): number | undefined {
  const [, count = "", unit = ""] = /^(\d{1,9})([smhd])$/.exec(text) ?? [];
  if (count === "") return undefined;
  const ms = Number(count) * unitMs[unit as keyof typeof unitMs];
  return ms <= 3_650 * unitMs.d ? ms : undefined;
}

const schemes = (names: readonly string[]) => names.map((name) => `${name}:`).join(" or ");
const hideSecrets = (url: string) => url.replace(/\/\/[^@/]*@/, "//…@");
const isHttpUrl = (text: string) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
