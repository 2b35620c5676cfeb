// Opens the dependencies for moving a business to another engine.
import { join } from "node:path";
import type { BusinessTables } from "../businesses/tables/schema.ts";
import type { Config } from "../config/config.ts";
import { AppError } from "../errors.ts";
import type {
  BusinessCredentials,
  BusinessEngine,
  BusinessProvisioner,
} from "../ports/business-provisioner/business-provisioner.ts";
import { provisionerAt } from "../ports/business-provisioner/open.ts";
import type { StoreUrl } from "../ports/store-url.ts";
import type { MoveDeps } from "../moves/business/move-business.ts";
import type { OlderDatabases } from "../archives/older-archive.ts";
import { createOlderDatabases } from "./older-databases.ts";
import { migrationsOf } from "./migrations-of.ts";
import type { SharedDeps } from "./shared-deps.ts";

/**
 * `addresses` are URLs of database servers, each with an administrator's login. If several URLs have
 * the scheme of an engine, `provisionerOf` uses the first. RONDO_BUSINESS_URL counts as the last URL
 * of the list. `provisionerOf` and `openCopy` throw CONFIG_INVALID if they need the login for a
 * Postgres server that is not in the list.
 */
export function createMoveDeps(
  config: Config,
  { control, sealing }: Pick<SharedDeps, "control" | "sealing">,
  addresses: readonly StoreUrl[],
): Omit<MoveDeps, "onEvent"> & { readonly older: OlderDatabases; close(): Promise<void> } {
  const folder = join(config.dataDir, "businesses");
  const known = [...addresses, config.businessUrl];
  const opened = new Map<BusinessEngine, BusinessProvisioner<BusinessTables>>();

  function locationOf(engine: BusinessEngine): string | undefined {
    const found = known.find(
      ({ scheme }) =>
        provisionerAt({ scheme, location: "" }) === provisionerAt({ scheme: engine, location: "" }),
    );
    if (found !== undefined && found.location !== "") return found.location;
    if (engine === "sqlite") return folder;
    // Neon needs no address, because the stored credentials of the business contain the id of the Neon project.
    if (engine === "neon") return undefined;
    throw noAdministrator();
  }

  function provisionerOf(engine: BusinessEngine) {
    const made =
      opened.get(engine) ??
      provisionerAt({ scheme: engine, location: "" }).create<BusinessTables>(locationOf(engine), {
        migrations: migrationsOf("business"),
        folder,
        access: config.neon,
      });
    opened.set(engine, made);
    return made;
  }

  async function openCopy(credentials: BusinessCredentials) {
    const technology = provisionerAt({ scheme: credentials.engine, location: "" });
    const locations = known
      .filter((url) => provisionerAt(url) === technology)
      .map(({ location }) => location);
    return technology.openCopy(credentials, { locations, access: config.neon });
  }

  return {
    control,
    sealing,
    provisionerOf,
    openCopy,
    older: createOlderDatabases({ openCopy }),
    async close() {
      for (const provisioner of opened.values()) await provisioner.close();
    },
  };
}

const noAdministrator = (): AppError =>
  new AppError("CONFIG_INVALID", "The administrator of the Postgres server is not known.", {
    hint: "Pass it with --admin postgres://admin@host/database, or set RONDO_BUSINESS_URL.",
  });
