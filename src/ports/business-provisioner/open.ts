// The technologies that hold the databases of businesses. A new one is a folder beside this file, and a line in the list.
import type { StoreUrl } from "../store-url.ts";
import { technologyOf } from "../technology.ts";
import { neon, neonProjectOf } from "./neon/index.ts";
import { postgres } from "./postgres/index.ts";
import { sqlite } from "./sqlite/index.ts";
import type { ProvisionerTechnology } from "./technology.ts";

export { neonProjectOf };

export const provisioners: readonly ProvisionerTechnology[] = [sqlite, postgres, neon];

export const provisionerAt = ({ scheme }: StoreUrl): ProvisionerTechnology =>
  technologyOf(provisioners, scheme);
