// Reads the query string of a request, and checks the parameters with a schema. The parameter `business` is left out:
// the operator uses it to choose a business.
import type { z } from "zod";
import { AppError } from "../../errors.ts";
import { faultsOf, type HttpContext } from "../wire.ts";

/**
 * If a parameter is sent twice, the first value is used. Throws INVALID_PARAMETER with all faults.
 */
export function readSearch<Schema extends z.ZodType>(c: HttpContext, schema: Schema): z.output<Schema> {
  const { business: _, ...given } = c.req.query();
  const search = schema.safeParse(given);
  if (search.success) return search.data;
  throw new AppError("INVALID_PARAMETER", "Some parameters of the request are invalid.", {
    faults: search.error.issues.flatMap(faultsOf),
  });
}
