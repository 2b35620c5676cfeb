// Lists all settings. To add a setting, add a record here. Then the result of `readConfig` contains its value, and
// `bun run golden` writes its row into docs/settings.md.
import { provisioners } from "../ports/business-provisioner/open.ts";
import { chunkCaches } from "../ports/chunk-cache/open.ts";
import { chunkStores } from "../ports/chunk-store/open.ts";
import { databases } from "../ports/database/open.ts";
import { generators } from "../ports/generator/open.ts";
import { jobQueues } from "../ports/job-queue/open.ts";
import { mailers } from "../ports/mailer/open.ts";
import { objectStores } from "../ports/object-store/open.ts";
import { namedUrls, slotsOfNames } from "./generator-list.ts";
import {
  duration,
  flag,
  folder,
  httpUrl,
  keyBytes,
  networks,
  numberOf,
  oneOf,
  orOff,
  rateLimit,
  type SettingKind,
  secretText,
  text,
  wholeNumber,
} from "./setting-kinds.ts";
import { storeUrl } from "./store-url.ts";

export interface Setting<T> {
  /** The environment variable. */
  readonly variable: string;
  readonly kind: SettingKind<T>;
  /**
   * The value if the variable is not set. In `fallback`, `./data` is replaced by the folder of
   * RONDO_DATA.
   */
  readonly fallback: string | undefined;
  /** For a setting without `fallback`: what docs/settings.md says about an unset variable. */
  readonly unset: string;
  /** A valid value. The hint of the error about an invalid value contains it. */
  readonly example: string;
  /** The meaning, in Markdown. */
  readonly meaning: string;
  /** Whether the value can be in a file. The variable with the suffix `_FILE` then contains the path of the file. */
  readonly isSecret: boolean;
}

interface SettingRecord {
  readonly meaning: string;
  readonly example?: string;
  readonly unset?: string;
  readonly isSecret?: true;
}

function setting<T>(
  variable: string,
  kind: SettingKind<T>,
  record: SettingRecord & { readonly fallback: string },
): Setting<T>;
function setting<T>(variable: string, kind: SettingKind<T>, record: SettingRecord): Setting<T | undefined>;
function setting<T>(
  variable: string,
  kind: SettingKind<T>,
  { fallback, meaning, example, unset, isSecret }: SettingRecord & { readonly fallback?: string },
): Setting<T> {
  return {
    ...{ variable, kind, fallback, meaning },
    unset: unset ?? "unset",
    example: example ?? fallback ?? "",
    isSecret: isSecret ?? false,
  };
}

export const logLevels = ["debug", "info", "warn", "error", "silent"] as const;

const processSettings = {
  port: setting("PORT", wholeNumber("a port", { min: 0, max: 65_535 }), {
    fallback: "3000",
    meaning: "The API listens on this port.",
  }),
  host: setting("RONDO_HOST", text, {
    fallback: "127.0.0.1",
    meaning: "The API listens on this address; `0.0.0.0` opens it to the network.",
  }),
  publicUrl: setting("RONDO_PUBLIC_URL", httpUrl, {
    example: "https://music.example.com",
    unset: "from the request",
    meaning:
      "The public URL of Rondo. Links in answers begin with it. If it begins with `https`, the session cookie is `Secure` ([more](architecture.md#who-may-see-what)).",
  }),
  trustedProxies: setting("RONDO_TRUSTED_PROXIES", numberOf("proxies", { min: 0, max: 10 }), {
    fallback: "0",
    example: "1",
    meaning: "The number of your proxies in front of the API. Each adds an address to `X-Forwarded-For`.",
  }),
  idleSeconds: setting("RONDO_IDLE_SECONDS", numberOf("seconds", { min: 0, max: 255 }), {
    fallback: "255",
    meaning:
      "The API closes a connection after this time without a byte; with `0`, it closes none. The time should be longer than the idle timeout of a load balancer in front ([balancers](guides/run-in-production.md#connections)).",
  }),
  logLevel: setting("RONDO_LOG", oneOf("a level", logLevels), {
    fallback: "info",
    meaning: "The lowest level of messages that are logged: `debug`, `info`, `warn`, `error` or `silent`.",
  }),
  app: setting("RONDO_APP", folder, {
    example: "./my-app",
    meaning:
      "The folder of an app for all businesses: `tables`, `query-specs` and `theme.json` ([guide](guides/your-own-tables.md#an-app-for-all-businesses)).",
  }),
  watchSpecs: setting("RONDO_WATCH_SPECS", flag, {
    fallback: "false",
    meaning:
      "With `true`, query specs are read again when a file changes; while a spec is faulty, the last valid specs are served.",
  }),
};

const storeSettings = {
  dataDir: setting("RONDO_DATA", folder, {
    fallback: "./data",
    meaning:
      "The folder of all files that Rondo writes. In the defaults of other settings, `./data` means this folder. Its subfolder `rendered/` contains files that were made for downloads.",
  }),
  controlUrl: setting("RONDO_CONTROL_URL", storeUrl({ technologies: databases }), {
    fallback: "sqlite:./data/control.db",
    isSecret: true,
    meaning: "The control database with the list of businesses. It may also be `postgres://…`.",
  }),
  businessUrl: setting("RONDO_BUSINESS_URL", storeUrl({ technologies: provisioners }), {
    fallback: "sqlite:./data/businesses",
    isSecret: true,
    meaning:
      "The databases of the businesses. They may also be at `postgres://admin@host/…`, with a database and a role for each business, or `neon:<project-id>`, with a branch for each.",
  }),
  chunksUrl: setting("RONDO_CHUNKS_URL", storeUrl({ technologies: chunkStores }), {
    fallback: "sqlite:./data/chunks",
    isSecret: true,
    meaning:
      "The store of streams and their chunks. It may also be `mongodb://…` ([documents](reference/chunks.md)).",
  }),
  cacheUrl: setting("RONDO_CACHE_URL", storeUrl({ technologies: chunkCaches }), {
    fallback: "memory:",
    isSecret: true,
    meaning:
      "The cache of recent chunks and the counts of the rate limits. It may also be `redis://…` or `rediss://…`.",
  }),
  queueUrl: setting("RONDO_QUEUE_URL", storeUrl({ technologies: jobQueues }), {
    fallback: "sqlite:./data/jobs.db",
    isSecret: true,
    meaning: "The queue of jobs. It may also be `redis://…` or `rediss://…` (BullMQ).",
  }),
  objectsUrl: setting("RONDO_OBJECTS_URL", storeUrl({ technologies: objectStores }), {
    fallback: "file:./data/objects",
    isSecret: true,
    meaning:
      "The store of finished audio. It may also be `gs://bucket/folder` ([more](#google-cloud-storage)) or `s3://bucket/folder` ([more](#s3)); `none:` keeps everything in the chunk store.",
  }),
  chunksFromUrl: setting("RONDO_CHUNKS_FROM", storeUrl({ technologies: chunkStores }), {
    example: "sqlite:./data/chunks",
    isSecret: true,
    unset: "none",
    meaning:
      "The former store of streams, while `rondo move chunks` moves its content to `RONDO_CHUNKS_URL` ([more](guides/move-stores.md)).",
  }),
  queueFromUrl: setting("RONDO_QUEUE_FROM", storeUrl({ technologies: jobQueues }), {
    example: "sqlite:./data/jobs.db",
    isSecret: true,
    unset: "none",
    meaning:
      "The former queue, while `rondo move jobs` moves its jobs to `RONDO_QUEUE_URL` ([more](guides/move-stores.md)).",
  }),
  objectsFromUrl: setting("RONDO_OBJECTS_FROM", storeUrl({ technologies: objectStores }), {
    example: "file:./data/objects",
    isSecret: true,
    unset: "none",
    meaning:
      "The former store of finished audio, while `rondo move objects` moves its content to `RONDO_OBJECTS_URL` ([more](guides/move-stores.md)).",
  }),
  databaseConnections: setting("RONDO_DATABASE_CONNECTIONS", numberOf("connections", { min: 2 }), {
    example: "40",
    unset: "a share of the server's `max_connections`",
    meaning:
      "The maximum number of connections of this process to each Postgres server for businesses; each open business uses two.",
  }),
  neon: {
    apiKey: setting("RONDO_NEON_API_KEY", text, {
      isSecret: true,
      meaning:
        "The key of Neon's API. It is needed for `neon:`, and to migrate or delete a business that was moved to Neon.",
    }),
    apiUrl: setting("RONDO_NEON_API_URL", httpUrl, {
      example: "https://console.neon.tech/api/v2",
      unset: "Neon's own",
      meaning: "The URL of Neon's API.",
    }),
  },
};

const keySettings = {
  masterKey: setting("RONDO_MASTER_KEY", keyBytes(32), {
    isSecret: true,
    unset: "created once in `./data/master.key`",
    meaning: "The key that seals secrets: 32 bytes in base64 (`openssl rand -base64 32`).",
  }),
  masterKeyPrevious: setting("RONDO_MASTER_KEY_PREVIOUS", keyBytes(32), {
    isSecret: true,
    unset: "none",
    meaning: "The former master key, while `rondo key rotate-master` has not finished.",
  }),
  operatorKey: setting("RONDO_OPERATOR_KEY", secretText({ charactersMin: 16 }), {
    isSecret: true,
    unset: "created and printed once, at the first start",
    meaning: "The operator's key: any text of 16 characters or more.",
  }),
};

const generatorSettings = {
  generatorUrl: setting("RONDO_GENERATOR_URL", storeUrl({ technologies: generators }), {
    fallback: "builtin:",
    meaning: "The address of the generator that makes the music.",
  }),
  namedGenerators: setting("RONDO_GENERATORS", namedUrls(storeUrl({ technologies: generators })), {
    example: "studio=elevenlabs:, sketch=builtin:",
    unset: "only `RONDO_GENERATOR_URL`",
    meaning:
      "The names and addresses of several generators: the first is the default, and the next is used if a generator fails before its first chunk ([more](generators.md#several-generators)). Their keys are in `RONDO_GENERATOR_KEY_<NAME>`.",
  }),
  generatorSlots: setting("RONDO_GENERATOR_SLOTS", slotsOfNames, {
    example: "studio=2, sketch=8",
    unset: "no limit",
    meaning:
      "The maximum number of pieces that each generator of `RONDO_GENERATORS` makes at a time in one worker.",
  }),
  generatorKey: setting("RONDO_GENERATOR_KEY", text, {
    isSecret: true,
    meaning: "The key for a hosted generator.",
  }),
  generatorSecret: setting("RONDO_GENERATOR_SECRET", text, {
    isSecret: true,
    unset: "calls are not signed",
    meaning:
      "The secret that signs the calls to a generator of your own, as Standard Webhooks does: `whsec_` and base64, or any text. Give the generator the same secret.",
  }),
  generatorCallbackUrl: setting("RONDO_GENERATOR_CALLBACK_URL", httpUrl, {
    example: "http://api:3000",
    unset: "`RONDO_PUBLIC_URL`; without it, a generator on this machine gets the API's own host and port",
    meaning: "The URL at which generators reach the API, to append chunks.",
  }),
  generatorWaitSeconds: setting(
    "RONDO_GENERATOR_WAIT_SECONDS",
    numberOf("seconds", { min: 1, max: 86_400 }),
    {
      fallback: "600",
      meaning:
        "The longest time for which a new piece may wait for its generator. If the generator estimates a longer wait, the request is answered with 503 and `Retry-After`.",
    },
  ),
  generatorFirstChunkSeconds: setting(
    "RONDO_GENERATOR_FIRST_CHUNK_SECONDS",
    numberOf("seconds", { min: 1, max: 3_600 }),
    {
      fallback: "180",
      meaning: "The time limit for the first chunk. A generator that has sent none by then counts as failed.",
    },
  ),
  generatorStallSeconds: setting(
    "RONDO_GENERATOR_STALL_SECONDS",
    numberOf("seconds", { min: 1, max: 3_600 }),
    {
      fallback: "60",
      meaning:
        "The time limit between two chunks. A generator that sends nothing for longer counts as failed.",
    },
  ),
  languageModel: {
    url: setting("RONDO_LLM_URL", httpUrl, {
      example: "http://127.0.0.1:11434/v1",
      meaning: "The URL of an endpoint with OpenAI's chat completions protocol, for `rondo specs draft`.",
    }),
    model: setting("RONDO_LLM_MODEL", text, {
      meaning: "The name of the model at the endpoint of `RONDO_LLM_URL`.",
    }),
    key: setting("RONDO_LLM_KEY", text, {
      isSecret: true,
      meaning: "The key for the endpoint of `RONDO_LLM_URL`.",
    }),
  },
};

const webhookSettings = {
  webhookNetworks: setting("RONDO_WEBHOOK_NETWORKS", networks, {
    example: "10.20.0.0/16",
    unset: "none",
    meaning:
      "The inner networks in which [webhooks](guides/webhooks.md) may be delivered, as a list with commas. The public internet is always allowed.",
  }),
  outgoingRequestsMax: setting(
    "BUN_CONFIG_MAX_HTTP_REQUESTS",
    numberOf("requests", { min: 1, max: 65_336 }),
    {
      fallback: "256",
      example: "4096",
      meaning:
        "Bun's own limit of outgoing requests that run at the same time in a process. `bun start`, `bun run jobs` and the image set it to 4096, so that webhooks and generators don't wait for endpoints that hang.",
    },
  ),
};

const mailSettings = {
  mailUrl: setting("RONDO_MAIL_URL", storeUrl({ technologies: mailers }), {
    example: "smtp://user:password@mail.example.com:587?from=music@example.com",
    isSecret: true,
    meaning:
      "The mail server for [mails to members](guides/mail.md). `smtps:` always uses TLS. `smtp:` uses STARTTLS if the server is on another machine and offers it. If the URL has a user, a server on another machine must offer STARTTLS. `?from=` is the sender's address. Its default is the user name in the URL if that is an e-mail address, and otherwise `no-reply@` with the host of `RONDO_PUBLIC_URL`. With a mail server, `RONDO_PUBLIC_URL` has to be set. Without a mail server, [the operator issues links](guides/mail.md#without-a-mail-server).",
  }),
};

const retentionSettings = {
  chunkRetentionMs: setting("RONDO_CHUNK_RETENTION", duration, {
    fallback: "7d",
    meaning:
      "How long the chunks of a piece stay beside its finished file: a number with `s`, `m`, `h` or `d`.",
  }),
  objectPartBytes: setting("RONDO_OBJECT_PART_BYTES", numberOf("bytes", { min: 1 << 20 }), {
    example: "67108864",
    unset: "one file",
    meaning:
      "The maximum number of bytes in one part of finished audio. Larger audio is divided into parts, both in files and on its way to a bucket. The smallest value is 1048576.",
  }),
  diskLeftFreeBytes: setting("RONDO_DISK_LEFT_FREE", numberOf("bytes", { min: 0 }), {
    example: "268435456",
    unset: "256 MiB, or 5 % of a small disk",
    meaning:
      "The number of bytes that new work leaves free on each disk with files of Rondo ([a full disk](guides/run-in-production.md#a-full-disk)).",
  }),
  trashDays: setting("RONDO_TRASH_DAYS", numberOf("days", { min: 0, max: 3_650 }), {
    fallback: "30",
    meaning: "How many days deleted things can be restored: 0 to 3650.",
  }),
  accountGraceDays: setting("RONDO_ACCOUNT_GRACE_DAYS", numberOf("days", { min: 0, max: 365 }), {
    fallback: "14",
    meaning:
      "How many days a member can restore a deleted account: 0 to 365. With 0, the account is erased at once.",
  }),
};

const limitSettings = {
  rateLimits: {
    writes: setting("RONDO_LIMIT_WRITES", rateLimit, {
      fallback: "600/1m",
      meaning: "The maximum number of changes by one user.",
    }),
    generations: setting("RONDO_LIMIT_GENERATIONS", rateLimit, {
      fallback: "120/1h",
      meaning: "The maximum number of pieces and versions that one user requests.",
    }),
    business: setting("RONDO_LIMIT_BUSINESS", rateLimit, {
      fallback: "60000/1m",
      meaning: "The maximum number of changes by all users and servers of one business together.",
    }),
    address: setting("RONDO_LIMIT_ADDRESS", rateLimit, {
      fallback: "120/10m",
      meaning:
        "The maximum number of new guests, sign-ups, sign-ins and other changes without a credential from one IP address.",
    }),
  },
  makingLimits: {
    ofAddress: setting("RONDO_LIMIT_ADDRESS_PIECES", orOff(numberOf("pieces", { min: 1 })), {
      fallback: "20",
      meaning:
        "The maximum number of queued and running pieces in a business for all guests with the same IP address.",
    }),
    ofBusiness: setting("RONDO_LIMIT_BUSINESS_PIECES", orOff(numberOf("pieces", { min: 1 })), {
      fallback: "500",
      meaning: "The maximum number of queued and running pieces of one business.",
    }),
    guestMinutes: setting("RONDO_LIMIT_GUEST_MINUTES", rateLimit, {
      fallback: "120/1d",
      meaning: "The maximum number of minutes of music that one guest requests.",
    }),
    endlessMinutes: setting(
      "RONDO_LIMIT_ENDLESS_MINUTES",
      orOff(numberOf("minutes", { min: 1, max: 1_440 })),
      {
        fallback: "60",
        meaning:
          "The length at which an endless piece ends if nobody stops it before. With `off`, no endless pieces can be made. A user can have one endless piece at a time.",
      },
    ),
  },
  signInLimit: setting("RONDO_LIMIT_SIGN_INS", rateLimit, {
    fallback: "10/15m",
    meaning: "The maximum number of wrong passwords that one IP address may send for one member.",
  }),
  mailLimit: setting("RONDO_LIMIT_MAILS", rateLimit, {
    fallback: "5/1h",
    meaning:
      "The maximum number of mails from one business to one e-mail address. The same limit applies separately to the mails that one member requests.",
  }),
  failedCredentialLimit: setting("RONDO_LIMIT_FAILED_CREDENTIALS", rateLimit, {
    fallback: "60/10m",
    meaning:
      "The maximum number of wrong keys, tokens, cookies, passwords and link signatures from one IP address.",
  }),
  liveLimits: {
    user: setting("RONDO_STREAMS_PER_USER", numberOf("streams", { min: 1 }), {
      fallback: "100",
      meaning:
        "The maximum number of event streams and long-polls that one user may have open in one API process; further ones are answered with 429.",
    }),
    address: setting("RONDO_STREAMS_PER_ADDRESS", numberOf("streams", { min: 1 }), {
      fallback: "2000",
      meaning:
        "The maximum number of event streams and long-polls that all users of one address may have open in one API process.",
    }),
  },
};

export const settings = {
  ...processSettings,
  ...storeSettings,
  ...keySettings,
  ...generatorSettings,
  ...webhookSettings,
  ...mailSettings,
  ...retentionSettings,
  ...limitSettings,
};

/** One setting, or several related settings that become one object in `config`. */
export type SettingTree = Setting<unknown> | { readonly [key: string]: SettingTree };

/** The headings in docs/settings.md with their settings. */
export const settingGroups: Readonly<Record<string, SettingTree>> = {
  "The API": processSettings,
  Stores: storeSettings,
  Keys: keySettings,
  "Retention and disks": retentionSettings,
  "Requests and pieces (`off`: no limit)": limitSettings,
  Generators: generatorSettings,
  Webhooks: webhookSettings,
  Mail: mailSettings,
};

/** The value of a setting, or of each setting in a tree. */
export type SettingValues<Tree> =
  Tree extends Setting<infer T> ? T : { readonly [Key in keyof Tree]: SettingValues<Tree[Key]> };

export const isSetting = (tree: SettingTree): tree is Setting<unknown> =>
  "variable" in tree && typeof tree.variable === "string";

/** Returns all settings of a tree, in the order of the records. */
export const settingsIn = (tree: SettingTree): readonly Setting<unknown>[] =>
  isSetting(tree) ? [tree] : Object.values(tree).flatMap(settingsIn);
