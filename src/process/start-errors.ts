// Converts the errors that stop a process at its start to messages that name the setting, the fault and the remedy.
import { accessSync, constants, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { type Config, configFaultLines, exitBadSettings } from "../config/config.ts";
import { isOnDisk, type StoreUrl } from "../ports/store-url.ts";
import type { Log } from "./log.ts";
import { AppError, isAppError } from "../errors.ts";

const summary = "Rondo can't start with these settings.";

/**
 * Opens the store. `setting` is the name of the setting that contains `url`. An error of `open` becomes CONFIG_INVALID
 * if another start would fail in the same way, and otherwise UNAVAILABLE. There is one exception: an error with the
 * code APP_INVALID, CONFIG_INVALID or SPEC_INVALID is thrown unchanged if it has a list of faults.
 */
export async function openStore<T>(setting: string, url: StoreUrl, open: () => T | Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (err) {
    throw startErrorOf(setting, placeOf(url), err);
  }
}

/**
 * Creates the missing folders of the stores, and checks that this process can write to each folder. Call it before any
 * file in these folders is opened. Throws the same errors as `openStore`.
 */
export function checkFolders(config: Config): void {
  const { dataDir, controlUrl, queueUrl, businessUrl, chunksUrl, objectsUrl } = config;
  const folders: readonly (readonly [setting: string, folder: string | undefined])[] = [
    ["RONDO_DATA", dataDir],
    ["RONDO_CONTROL_URL", isOnDisk(controlUrl) ? dirname(controlUrl.location) : undefined],
    ["RONDO_QUEUE_URL", isOnDisk(queueUrl) ? dirname(queueUrl.location) : undefined],
    ["RONDO_BUSINESS_URL", isOnDisk(businessUrl) ? businessUrl.location : undefined],
    ["RONDO_CHUNKS_URL", isOnDisk(chunksUrl) ? chunksUrl.location : undefined],
    ["RONDO_OBJECTS_URL", isOnDisk(objectsUrl) ? objectsUrl.location : undefined],
  ];
  for (const [setting, folder] of folders) {
    if (folder === undefined) continue;
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      accessSync(folder, constants.W_OK | constants.X_OK);
    } catch (err) {
      throw startErrorOf(setting, folder, err);
    }
  }
}

/**
 * Logs a warning for each store whose check fails. Some stores connect only at their first use, so the start succeeds
 * even if these stores are unavailable. Never rejects.
 */
export async function warnOfAway(checks: readonly StartCheck[], log: Pick<Log, "warn">): Promise<void> {
  await Promise.all(
    checks.map(async ({ name, setting, run }) => {
      try {
        await run();
      } catch (err) {
        log.warn({ setting, reason: firstLine(err) }, `the ${name} is unavailable; ${asksDoctor}`);
      }
    }),
  );
}

interface StartCheck {
  readonly name: string;
  readonly setting: string;
  run(): Promise<unknown>;
}

/**
 * Prints an error of a start or a command, and exits. The exit code is 78 if another attempt would fail in the same
 * way, and otherwise 1.
 */
export function endStart(err: unknown): never {
  console.error(isAppError(err) ? linesOf(err) : `${firstLine(err)}\n  ${unexpected}`);
  process.exit(isAppError(err, ...endsTheSameAlways) ? exitBadSettings : 1);
}

const endsTheSameAlways = [
  "APP_INVALID",
  "CONFIG_INVALID",
  "SPEC_INVALID",
  "STORE_DAMAGED",
  "STORE_NEWER",
] as const;
const unexpected = "This error was not expected. Please report it with the command that led to it.";

const linesOf = (err: AppError): string =>
  err.hint === undefined ? configFaultLines(err) : `${configFaultLines(err)}\n  ${err.hint}`;

/**
 * Returns the path of a store on disk. For any other store, returns the host, or the scheme if the URL can't be parsed.
 * The result never contains a user or a password.
 */
function placeOf(url: StoreUrl): string {
  if (isOnDisk(url)) return url.location;
  return URL.canParse(url.location) ? new URL(url.location).host : url.scheme;
}

function startErrorOf(setting: string, place: string, err: unknown): AppError {
  if (isAppError(err, "APP_INVALID", "CONFIG_INVALID", "SPEC_INVALID") && err.faults !== undefined)
    return err;
  const code = innermostCode(err) ?? "";
  const [, endsTheSame, message, hint] = reasons.find(([codes]) => codes.test(code)) ?? [];
  if (message !== undefined) {
    const fault = { at: setting, message: `${place}: ${message} (${code}).`, hint: hint! };
    return new AppError(endsTheSame ? "CONFIG_INVALID" : "UNAVAILABLE", endsTheSame ? summary : away, {
      faults: [fault],
      cause: err,
    });
  }
  const isBad = isAppError(err, ...endsTheSameAlways);
  const said = isAppError(err) ? err.publicMessage : firstLine(err);
  const detail = code === "" ? (isBad ? ` (${place})` : "") : ` (${place}: ${code})`;
  return new AppError(isBad ? "CONFIG_INVALID" : "UNAVAILABLE", isBad ? summary : away, {
    faults: [
      { at: setting, message: `${said}${detail}`, hint: isBad ? (err.hint ?? asksDoctor) : asksDoctor },
    ],
    cause: err,
  });
}

const away = "Rondo can't start while a store is unavailable.";
const asksDoctor =
  "Check that the server of the store runs, and that the setting names the right host, user, password and database; `rondo doctor` says more.";

type Reason = readonly [codes: RegExp, endsTheSame: boolean, message: string, hint: string];

const reasons: readonly Reason[] = [
  [
    /^(EACCES|EPERM|EROFS|SQLITE_READONLY|SQLITE_AUTH|SQLITE_PERM)/,
    true,
    "nothing can be written there",
    "Give write permission to the user that runs Rondo, or use another path.",
  ],
  [
    /^(ENOENT|ENOTDIR|EISDIR|EEXIST|ENAMETOOLONG|ELOOP|SQLITE_CANTOPEN)/,
    true,
    "it can't be created or opened",
    "Use a path below a folder that exists and is writable.",
  ],
  [
    /^SQLITE_(CORRUPT|NOTADB)/,
    true,
    "the file is damaged, or is not a database",
    "Restore it from a backup, or use another file.",
  ],
  [/^(ENOSPC|EDQUOT|SQLITE_FULL)/, false, "the disk is full", "Free some space and start again."],
  [/^28P01/, true, "the user or the password is wrong", "Correct the user and the password in the setting."],
];

/** Returns the error code of the driver or of the system, from the innermost error that has a code. */
function innermostCode(err: unknown): string | undefined {
  let code: string | undefined;
  for (let inner = err; inner instanceof Error; inner = inner.cause) {
    const own = (inner as { code?: unknown }).code;
    if (!(inner instanceof AppError) && typeof own === "string") code = own;
  }
  return code;
}

const firstLine = (err: unknown): string =>
  (err instanceof Error ? err.message : String(err)).split("\n")[0]!;
