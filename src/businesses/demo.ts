// The business "demo": made at the first start of an embedded Rondo, and what the web app at / belongs to.
import { isAppError } from "../errors.ts";
import { createBusiness, type CreateBusinessDeps } from "./create-business.ts";

export const demoSlug = "demo";

/** Does nothing where there is any business already. */
export async function ensureDemo(deps: CreateBusinessDeps): Promise<void> {
  if ((await deps.registry.list()).length > 0) return;
  try {
    await createBusiness(deps, "first start", { slug: demoSlug, name: "Demo" });
  } catch (err) {
    // Another process was first.
    if (!isAppError(err, "CONFLICT")) throw err;
  }
}
