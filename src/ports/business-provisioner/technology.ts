// Defines the type of a technology for the databases of businesses, and the options that it is opened with.
import type { TableCopy } from "../database/table-copy.ts";
import type { Found } from "../found.ts";
import type { AnyTechnology } from "../technology.ts";
import type { BusinessCredentials, BusinessProvisioner } from "./business-provisioner.ts";

/** The key of a hosted service's API, which may change its projects. */
export interface HostedAccess {
  readonly apiKey: string;
  /** Defaults to the service's own address. */
  readonly apiUrl?: string | undefined;
}

interface ProvisionerOptions {
  readonly migrations: string;
  /** The folder for the files of businesses when the setting names a server. */
  readonly folder: string;
  /** Undefined where no key is set: then existing databases of the service can be opened, but not changed. */
  readonly access: HostedAccess | undefined;
}

interface CopyOptions {
  /** The known addresses of this technology with an administrator's login. */
  readonly locations: readonly string[];
  readonly access: HostedAccess | undefined;
}

export interface ProvisionerTechnology extends AnyTechnology {
  /** With `location` undefined, existing businesses can be opened, but none can be created. */
  create<Tables>(location: string | undefined, options: ProvisionerOptions): BusinessProvisioner<Tables>;
  /** Refuses a server that can't work, such as a pooler that mixes sessions. Errors: CONFIG_INVALID, UNAVAILABLE. */
  checkServer(location: string): Promise<void>;
  examine(location: string, options: Pick<ProvisionerOptions, "access">): Promise<readonly Found[]>;
  /** Opens a business's database for a move of its tables, as the owner of the tables. Errors: UNAVAILABLE, CONFIG_INVALID without the necessary login. */
  openCopy(credentials: BusinessCredentials, options: CopyOptions): Promise<TableCopy>;
  /** The names of the migrations that ran in a business's database; undefined if the look-up would cost something, such as the start of a compute. */
  migrationsRun(credentials: BusinessCredentials, migrations: string): Promise<readonly string[] | undefined>;
}
