// Opens two control databases for a move from one to the other.
import type { Config } from "../config/config.ts";
import { AppError } from "../errors.ts";
import type { BusinessEngine } from "../ports/business-provisioner/business-provisioner.ts";
import { provisionerAt } from "../ports/business-provisioner/open.ts";
import type { TableCopy } from "../ports/database/table-copy.ts";
import { openEnds } from "../moves/business/copy/open-ends.ts";
import type { StoreUrl } from "../ports/store-url.ts";
import type { CopyEnds } from "../moves/business/copy/copy-table.ts";
import { openControl } from "./open-control.ts";

export interface ControlCopies extends CopyEnds {
  close(): Promise<void>;
}

/**
 * Migrates both databases to the tables of this version of Rondo, and then opens both databases for the copy. Throws
 * INVALID_PARAMETER if `from` and `to` are the same text; two spellings of one address are not detected. After the
 * migrations, throws CONFLICT if `to` already contains businesses and `replace` is false.
 */
export async function openControlCopies(
  config: Config,
  { from, to, replace }: { readonly from: StoreUrl; readonly to: StoreUrl; readonly replace: boolean },
): Promise<ControlCopies> {
  if (from.scheme === to.scheme && from.location === to.location)
    throw new AppError("INVALID_PARAMETER", "The two addresses name the same database.");
  const source = await openControl({ ...config, controlUrl: from });
  await source.close();
  const target = await openControl({ ...config, controlUrl: to });
  const found = await target.kysely
    .selectFrom("businesses")
    .select("id")
    .executeTakeFirst()
    .finally(() => target.close());
  if (found !== undefined && !replace)
    throw new AppError("CONFLICT", "The new control database has businesses already.", {
      hint: "Name an empty database. With --replace its content is replaced, for example after an interrupted move.",
    });
  const copies = await openEnds((url) => openCopy(config, url), { from, to });
  return {
    ...copies,
    async close() {
      await Promise.all([copies.from.close(), copies.to.close()]);
    },
  };
}

function openCopy({ neon: access }: Config, url: StoreUrl): Promise<TableCopy> {
  const engine: BusinessEngine = url.scheme === "sqlite" ? "sqlite" : "postgres";
  const place = engine === "sqlite" ? { file: url.location } : { url: url.location };
  return provisionerAt(url).openCopy({ engine, ...place }, { locations: [url.location], access });
}
