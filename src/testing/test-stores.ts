// Opens stores in a new folder, for tests of domain functions and routes. By default, the stores
// are those of the embedded profile: SQLite, files and memory.
import { createBusiness } from "../businesses/lifecycle/create-business.ts";
import type { Business } from "../businesses/business.ts";
import type { UserCaller } from "../accounts/caller.ts";
import { createUserToken } from "../accounts/users.ts";
import { loadOperatorKey, type OperatorKey } from "../businesses/secrets/operator-key.ts";
import { type Config, readConfig } from "../config/config.ts";
import { createSharedDeps, type SharedDeps } from "../deps/shared-deps.ts";
import { createLog } from "../process/log.ts";
import { writeMigratedControl } from "./migrated-control.ts";
import { createTemporaryDirectory } from "./temporary-directory.ts";

export const silentLog = createLog("api", "silent");

export interface TestStores extends AsyncDisposable {
  readonly config: Config;
  readonly deps: SharedDeps & { readonly operatorKey: OperatorKey };
  /** Without a slug, each call creates a business with a new slug. */
  createBusiness(slug?: string): Promise<Business>;
  createUser(business: Business, userId?: string): Promise<UserCaller>;
}

/**
 * `environment` contains settings that replace those of the embedded profile. `options.freshMs` is
 * the time in milliseconds for which the credentials of a business's database are cached. Tests
 * that move a business to another engine make this time short, because the move waits until every
 * process has read the credentials again.
 */
export async function createTestStores(
  environment: Record<string, string> = {},
  options: { readonly freshMs?: number } = {},
): Promise<TestStores> {
  const directory = await createTemporaryDirectory();
  const config = readConfig({ RONDO_DATA: directory.path, RONDO_LOG: "silent", PORT: "0", ...environment });
  await writeMigratedControl(config);
  const shared = await createSharedDeps(config, silentLog, "api", options);
  const deps = { ...shared, operatorKey: await loadOperatorKey(shared.control, config.operatorKey) };
  let made = 0;
  return {
    config,
    deps,
    createBusiness: (slug = `business-${++made}`) => createBusiness(deps, "test", { slug }),
    async createUser(business, userId = `user-${++made}`) {
      await createUserToken(
        deps,
        { kind: "business", businessId: business.id, keyId: "test" },
        { userId, expiresInSeconds: 60 },
      );
      return { kind: "user", businessId: business.id, userId };
    },
    async [Symbol.asyncDispose]() {
      await deps.close();
      await directory[Symbol.asyncDispose]();
    },
  };
}
