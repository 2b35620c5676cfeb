// Ends previews: one preview by its id, all previews of a business, or the previews that have
// expired.
import { v7 as uuidv7 } from "uuid";
import { notFound } from "../../errors.ts";
import type { ControlTables } from "../tables/control-schema.ts";
import { eachByItself } from "../due/each-by-itself.ts";
import type { CreateBusinessDeps } from "../lifecycle/create-business.ts";
import { findPreviewedBusiness, previewContext } from "./preview.ts";

export type EndPreviewDeps = Pick<CreateBusinessDeps, "control" | "provisioner" | "sealing">;

/** Making a preview takes less time than this. If a preview is still not ready after this time, it is ended. */
const abandonedMs = 2 * 3_600_000;
const removeMsMax = 60_000;

/**
 * Ends a preview. Every process refuses the preview immediately, because each use of a preview
 * reads its row. If the database of the preview can't be removed now, throws the error, and the
 * next sweep removes the database. Throws NOT_FOUND for an unknown business, an unknown preview,
 * and a preview of another business. Throws CONFLICT if the business is being deleted.
 */
export async function endPreview(
  deps: EndPreviewDeps,
  actor: string,
  { slug, previewId }: { readonly slug: string; readonly previewId: string },
): Promise<void> {
  const { control } = deps;
  const businessId = await findPreviewedBusiness(control, slug);
  const ending = await control.transaction(async (trx) => {
    const row = await trx
      .updateTable("previews")
      .set({ state: "ending" })
      .where("id", "=", previewId)
      .where("businessId", "=", businessId)
      .returningAll()
      .executeTakeFirst();
    if (row === undefined) throw notFound("preview");
    await trx
      .insertInto("audit")
      .values({
        id: uuidv7(),
        at: new Date().toISOString(),
        actor,
        action: "preview.end",
        subject: businessId,
      })
      .execute();
    return row;
  });
  await remove(deps, ending, Date.now());
}

/**
 * Removes the previews that have expired, were never finished, or are being ended. Returns the ids
 * of the removed previews. If some previews can't be removed, removes the others and then throws an
 * AggregateError. The function can be called again after any failure. Of two concurrent calls in
 * one process, one can throw for a preview that the other is removing.
 */
export async function sweepPreviews(
  deps: EndPreviewDeps,
  nowMs = Date.now(),
  signal = new AbortController().signal,
): Promise<readonly string[]> {
  const { kysely } = deps.control;
  await kysely
    .updateTable("previews")
    .set({ state: "ending" })
    .where((is) =>
      is.or([
        is("expiresAt", "<=", new Date(nowMs).toISOString()),
        is.and([
          is("state", "=", "making"),
          is("createdAt", "<", new Date(nowMs - abandonedMs).toISOString()),
        ]),
      ]),
    )
    .execute();
  const rows = await kysely.selectFrom("previews").selectAll().where("state", "=", "ending").execute();
  return removeAll(deps, rows, nowMs, signal);
}

/**
 * Ends all previews of a business that is being erased. Throws an AggregateError as `sweepPreviews`
 * does.
 */
export async function endPreviewsOf(deps: EndPreviewDeps, businessId: string): Promise<void> {
  const rows = await deps.control.kysely
    .updateTable("previews")
    .set({ state: "ending" })
    .where("businessId", "=", businessId)
    .returningAll()
    .execute();
  await removeAll(deps, rows, Date.now(), new AbortController().signal);
}

async function removeAll(
  deps: EndPreviewDeps,
  rows: readonly ControlTables["previews"][],
  nowMs: number,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const removed: string[] = [];
  const failures: unknown[] = [];
  await eachByItself(
    rows,
    {
      nameOf: ({ id }) => `preview/${id}`,
      limitMs: removeMsMax,
      async work(row) {
        if (await remove(deps, row, nowMs)) removed.push(row.id);
      },
      failed: async (_, err) => void failures.push(err),
    },
    signal,
  );
  if (failures.length > 0) throw new AggregateError(failures, "Some previews could not be removed.");
  return removed;
}

/**
 * Removes the copy and the row of a preview. While `createPreview` may still be running, only the copy is removed, and
 * the result is false. `createPreview` could make another copy after this call, and the next sweep finds this copy only
 * by the row.
 */
async function remove(
  deps: EndPreviewDeps,
  preview: ControlTables["previews"],
  nowMs: number,
): Promise<boolean> {
  const isMaking =
    preview.credentials === null && preview.createdAt >= new Date(nowMs - abandonedMs).toISOString();
  if (isMaking) await dropCopy(deps, preview);
  else await removePreview(deps, preview);
  return !isMaking;
}

type PreviewCopy = Pick<ControlTables["previews"], "id" | "engine" | "credentials">;

/** Removes the copy and the row of a preview that is no longer being made. */
export async function removePreview(deps: EndPreviewDeps, preview: PreviewCopy): Promise<void> {
  await dropCopy(deps, preview);
  await deps.control.kysely.deleteFrom("previews").where("id", "=", preview.id).execute();
}

async function dropCopy(
  { provisioner, sealing }: EndPreviewDeps,
  { id, engine, credentials }: PreviewCopy,
): Promise<void> {
  if (credentials === null) await provisioner.dropEvery({ engine, businessId: id });
  else
    await provisioner.drop(JSON.parse(Buffer.from(sealing.open(credentials, previewContext(id))).toString()));
}
