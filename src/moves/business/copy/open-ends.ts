// Opens the two databases of a copy.
import type { TableCopy } from "../../../ports/database/table-copy.ts";
import type { CopyEnds } from "./copy-table.ts";

/** The caller has to close both databases. If `to` can't be opened, this closes `from` and throws the error of `to`. */
export async function openEnds<Place>(
  open: (place: Place) => Promise<TableCopy>,
  { from, to }: { readonly from: Place; readonly to: Place },
): Promise<CopyEnds> {
  const opened = await open(from);
  try {
    return { from: opened, to: await open(to) };
  } catch (err) {
    await opened.close();
    throw err;
  }
}
