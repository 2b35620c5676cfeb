// Defines the command `rondo specs types --business`. The command prints the typed client of one business. The
// client includes the queries of the business's app.
import { createBusinessSpecs } from "../../apps/business-specs.ts";
import { clientTypesOf } from "../../queries/publish/client-types.ts";
import { loadForCommand, type SpecsTools } from "./tools.ts";
import { findBusiness, withStores } from "../with-stores.ts";

export async function printBusinessTypes(tools: SpecsTools, slug: string): Promise<void> {
  const { set } = await loadForCommand(tools);
  await withStores(async (deps) => {
    const { id } = await findBusiness(deps, slug);
    const specs = createBusinessSpecs({ current: set, close() {} }, deps.log);
    const own = await deps.databases.use(id, (database) => specs.of(id, database));
    tools.print(clientTypesOf(own.queries.values()).trimEnd());
  });
}
