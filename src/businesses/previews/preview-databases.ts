// Opens the databases of previews. A preview's database can be used only by the business to which
// the preview belongs.
import { notFound } from "../../errors.ts";
import type { Database } from "../../ports/database/database.ts";
import {
  createOpenDatabases,
  type DatabaseRow,
  type OpenDatabasesOptions,
} from "../databases/open-databases.ts";
import type { BusinessTables } from "../tables/schema.ts";
import { previewContext } from "./preview.ts";

export interface PreviewDatabases {
  /**
   * Runs `work` with the database of a preview of this business. Throws NOT_FOUND if the preview is
   * missing, not ready, ended or expired, or belongs to another business. Throws UNAVAILABLE if too
   * many previews are in use and none becomes free in time.
   */
  use<T>(
    owner: { readonly businessId: string; readonly previewId: string },
    work: (database: Database<BusinessTables>) => Promise<T>,
  ): Promise<T>;
  close(): Promise<void>;
}

/**
 * For previews whose database is a file: the maximum number of such databases that are open at the same time. The
 * databases of businesses have their own limits.
 */
const openMax = 10;
/** The maximum number of previews' databases on one database server that are open at the same time. */
const openOnServerMax = 2;
const idleMs = 10_000;

export function createPreviewDatabases(
  options: Pick<OpenDatabasesOptions, "control" | "sealing" | "provisioner" | "schemas">,
): PreviewDatabases {
  const ready = (previewId: string) =>
    options.control.kysely
      .selectFrom("previews")
      .select("credentials")
      .where("id", "=", previewId)
      .where("state", "=", "ready")
      .where("expiresAt", ">", new Date().toISOString());

  async function findRow(previewId: string): Promise<DatabaseRow> {
    const row = await ready(previewId).executeTakeFirst();
    if (!row?.credentials) throw notFound("preview");
    const facts = { isFaulty: false, isRecorded: true, isMoving: false };
    return { sealed: row.credentials, context: previewContext(previewId), ...facts };
  }

  const databases = createOpenDatabases({
    ...options,
    findRow,
    ...{ openMax, idleMs, placesOf: () => openOnServerMax },
    // A fault of a preview is not stored, because the business itself has no fault. A transaction that marks work for a
    // sweep is refused, because sweeps don't open the databases of previews.
    faults: { note: async () => 0, clear: async () => undefined },
    due: { mark: () => Promise.reject(new Error("A preview has no work for sweeps.")) },
  });
  return {
    async use({ businessId, previewId }, work) {
      const owned = await ready(previewId).where("businessId", "=", businessId).executeTakeFirst();
      if (owned === undefined) throw notFound("preview");
      return databases.use(previewId, work);
    },
    close: () => databases.close(),
  };
}
