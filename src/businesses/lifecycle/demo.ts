// Creates the business "demo" when Rondo starts for the first time. The web app at / uses this business. `src/main.ts`
// calls `ensureDemo` only if the control database is in SQLite.
import { isAppError } from "../../errors.ts";
import { createBusiness, type CreateBusinessDeps } from "./create-business.ts";

const demoSlug = "demo";

/** Does nothing when any business exists. */
export async function ensureDemo(deps: CreateBusinessDeps): Promise<void> {
  if ((await deps.registry.list()).length > 0) return;
  try {
    await createBusiness(deps, "first start", { slug: demoSlug, name: "Demo" });
  } catch (err) {
    // Another process created it first.
    if (!isAppError(err, "CONFLICT")) throw err;
  }
}
