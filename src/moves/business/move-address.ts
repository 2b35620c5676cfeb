// Parses the address of a database to which a business moves.
import { findStoreUrl } from "../../config/store-url.ts";
import { AppError } from "../../errors.ts";
import type { BusinessEngine } from "../../ports/business-provisioner/business-provisioner.ts";
import { provisionerAt } from "../../ports/business-provisioner/open.ts";
import type { StoreUrl } from "../../ports/store-url.ts";

/**
 * Throws INVALID_PARAMETER if `text` does not begin with the scheme of a database to which a
 * business can move, or if the id of a Neon project is not valid. The rest of the address is not
 * checked. `name` is the name of the option or the field; the message of the error contains it.
 */
export function parseMoveAddress(name: string, text: string): StoreUrl {
  const found = text === "sqlite:" ? { scheme: "sqlite", location: "" } : findStoreUrl(text);
  if (found !== undefined && isAddress(found)) return found;
  throw new AppError("INVALID_PARAMETER", `${name} is not the address of a database.`, {
    hint: "Use postgres://admin@host/database, neon:<project-id> or sqlite:",
  });
}

const isAddress = ({ scheme, location }: StoreUrl): boolean =>
  /^(sqlite|postgres|postgresql)$/.test(scheme) ||
  (scheme === "neon" && provisionerAt({ scheme, location }).faultOf(location) === undefined);

export const engineOf = ({ scheme }: StoreUrl): BusinessEngine =>
  scheme === "sqlite" || scheme === "neon" ? scheme : "postgres";
