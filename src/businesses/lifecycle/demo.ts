// Creates the business "demo" when Rondo starts and has no business. The web app at / uses this
// business. `src/main.ts` calls `ensureDemo` at each start, but only if the control database is in
// SQLite.
import { isAppError } from "../../errors.ts";
import { createBusiness, type CreateBusinessDeps } from "./create-business.ts";

const demoSlug = "demo";

/** Does nothing if a business exists, even a suspended business or one that is being deleted. */
export async function ensureDemo(deps: CreateBusinessDeps): Promise<void> {
  if ((await deps.registry.list()).length > 0) return;
  try {
    await createBusiness(deps, "first start", { slug: demoSlug, name: "Demo" });
  } catch (err) {
    // CONFLICT means that another process has created this business meanwhile.
    if (!isAppError(err, "CONFLICT")) throw err;
  }
}
