// Defines a preview of a business: a temporary copy of the business's database for trials. The streams and the objects
// of the business are not copied.
import { AppError, notFound } from "../../errors.ts";
import type { Database } from "../../ports/database/database.ts";
import type { ControlTables } from "../tables/control-schema.ts";

export interface Preview {
  readonly id: string;
  readonly state: ControlTables["previews"]["state"];
  readonly engine: ControlTables["previews"]["engine"];
  readonly createdAt: string;
  readonly expiresAt: string;
}

/** Returns the context for sealing (encrypting) the credentials of a preview, see secrets/sealing.ts. */
export const previewContext = (previewId: string) => `preview/${previewId}/credentials`;

export const previewHoursUsual = 24;
export const previewHoursMax = 168;
/** The maximum number of previews of one business at a time. */
export const previewsMax = 5;

/**
 * Returns the id of the business with this slug, whose data can be copied to a preview. Errors: NOT_FOUND; CONFLICT if
 * the business is being deleted or erased.
 */
export async function findPreviewedBusiness(control: Database<ControlTables>, slug: string): Promise<string> {
  const row = await control.kysely
    .selectFrom("businesses")
    .select(["id", "state"])
    .where("slug", "=", slug)
    .executeTakeFirst();
  if (row === undefined) throw notFound("business");
  if (row.state === "active" || row.state === "suspended") return row.id;
  throw new AppError("CONFLICT", "This business is being deleted.", {
    hint: "Undo the deletion first: `rondo business undelete`.",
  });
}

/**
 * Lists the previews of a business, newest first. Previews that have expired or are being removed are left out. Errors:
 * NOT_FOUND; CONFLICT if the business is being deleted or erased.
 */
export async function listPreviews(
  control: Database<ControlTables>,
  slug: string,
): Promise<readonly Preview[]> {
  const businessId = await findPreviewedBusiness(control, slug);
  return control.kysely
    .selectFrom("previews")
    .select(["id", "state", "engine", "createdAt", "expiresAt"])
    .where("businessId", "=", businessId)
    .where("state", "!=", "ending")
    .where("expiresAt", ">", new Date().toISOString())
    .orderBy("createdAt", "desc")
    .orderBy("id", "desc")
    .execute();
}
