// The type of a technology for the databases of businesses, and the options that it is opened with.
import type { Found } from "../found.ts";
import type { AnyTechnology } from "../technology.ts";
import type { BusinessCredentials, BusinessProvisioner } from "./business-provisioner.ts";

/** A project of a hosted service, and the key that may change it. */
interface HostedProject {
  readonly projectId: string;
  readonly apiKey: string;
  /** Defaults to the service's own address. */
  readonly apiUrl?: string | undefined;
}

interface ProvisionerOptions {
  readonly migrations: string;
  /** The folder for the files of businesses when the setting names a server. */
  readonly folder: string;
  /** The project of the setting and its key; undefined where the setting names no project. */
  readonly project: HostedProject | undefined;
}

export interface ProvisionerTechnology extends AnyTechnology {
  /** With `location` undefined, existing businesses can be opened, but none can be created. */
  create<Tables>(location: string | undefined, options: ProvisionerOptions): BusinessProvisioner<Tables>;
  /** Refuses a server that can't work, such as a pooler that mixes sessions. Errors: CONFIG_INVALID, UNAVAILABLE. */
  checkServer(location: string): Promise<void>;
  examine(location: string, options: Pick<ProvisionerOptions, "project">): Promise<readonly Found[]>;
  /** The names of the migrations that ran in a business's database; undefined where the look-up has a price, such as waking a compute. */
  migrationsRun(credentials: BusinessCredentials, migrations: string): Promise<readonly string[] | undefined>;
}
