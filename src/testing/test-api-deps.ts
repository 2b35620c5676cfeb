// Opens the dependencies of an API for a test: without log lines, and with the lowest cost of hashing passwords.
import { createArgon2id } from "../bun/argon2id.ts";
import type { Config } from "../config/config.ts";
import { type ApiDeps, createApiDeps } from "../deps/api-deps.ts";
import { silentLog } from "./test-stores.ts";

/** The lowest cost that Argon2id accepts. A hash then takes less than a millisecond, instead of about thirty. */
export const createQuickPasswords = () => createArgon2id({ memoryCost: 8, timeCost: 1 });

export const createTestApiDeps = (config: Config): Promise<ApiDeps> =>
  createApiDeps(config, silentLog, { passwords: createQuickPasswords() });
