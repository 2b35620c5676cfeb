// Reads the query string of a route for managers, checked against a schema. `business`, with which the operator names one, is left out.
import type { z } from "zod";
import { AppError } from "../errors.ts";
import { faultsOf, type HttpContext } from "./wire.ts";

/** Errors: INVALID_PARAMETER with a fault for each invalid field. */
export function readSearch<Schema extends z.ZodType>(c: HttpContext, schema: Schema): z.output<Schema> {
  const { business: _, ...given } = c.req.query();
  const search = schema.safeParse(given);
  if (search.success) return search.data;
  throw new AppError("INVALID_PARAMETER", "Some parameters of the request are invalid.", {
    faults: search.error.issues.flatMap(faultsOf),
  });
}
