// Lists the technologies for the databases of businesses. To add a technology, create its folder beside this file and
// add the technology to this list.
import type { StoreUrl } from "../store-url.ts";
import { technologyOf } from "../technology.ts";
import { neon } from "./neon/index.ts";
import { postgres } from "./postgres/index.ts";
import { sqlite } from "./sqlite/index.ts";
import type { ProvisionerTechnology } from "./technology.ts";

export const provisioners: readonly ProvisionerTechnology[] = [sqlite, postgres, neon];

/** Throws CONFIG_INVALID for a URL scheme that no technology in the list has. */
export const provisionerAt = ({ scheme }: StoreUrl): ProvisionerTechnology =>
  technologyOf(provisioners, scheme);
