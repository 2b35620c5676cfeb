// Finds the business that a request manages: the business of the key, or the business that the operator names.
import type { Business } from "../../businesses/business.ts";
import type { BusinessRegistry } from "../../businesses/registry.ts";
import type { KeyScope } from "../../businesses/secrets/key-scopes.ts";
import { AppError, notFound } from "../../errors.ts";
import { businessOf, type HttpContext } from "../wire.ts";

/**
 * Returns the business. The operator must send ?business= with the present or a former slug of an
 * active business. A caller with a business key must not send ?business=. Errors:
 * - INVALID_PARAMETER: ?business= is missing or forbidden.
 * - NOT_FOUND: the business is unknown or not active.
 * - UNAUTHENTICATED: the request has no credential.
 * - FORBIDDEN: the caller is a user, or the business key does not have the scope `scope`.
 */
export async function managedBusiness(
  registry: Pick<BusinessRegistry, "findById" | "findBySlug">,
  c: HttpContext,
  scope: KeyScope,
): Promise<Business> {
  const caller = c.get("caller");
  const slug = c.req.query("business");
  if (caller?.kind === "operator" && slug === undefined)
    throw refused("It is missing.", "Name the business by its slug, such as ?business=acme.");
  if (caller?.kind !== "operator") {
    const { businessId } = businessOf(caller, scope);
    if (slug !== undefined)
      throw refused("Only the operator names a business.", "Leave it out: a key belongs to one business.");
    return (await registry.findById(businessId)) ?? missing();
  }
  return (await registry.findBySlug(slug ?? "")) ?? missing();
}

const missing = (): never => {
  throw notFound("business");
};

const refused = (message: string, hint: string): AppError =>
  new AppError("INVALID_PARAMETER", "Some parameters of the request are invalid.", {
    faults: [{ at: "business", message, hint }],
  });
