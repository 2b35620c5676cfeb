// Creates a preview, which is a temporary copy of a business's database. A row is inserted first, then the database is
// copied, then the credentials of the copy are stored in the row. If the process is killed in between, the preview is
// unfinished. A sweep removes an unfinished preview after two hours, or when it expires, if that is earlier.
import { v7 as uuidv7 } from "uuid";
import { createOwnTables, readOwnTables } from "../../apps/copy-own-tables.ts";
import { AppError } from "../../errors.ts";
import type { BusinessCredentials } from "../../ports/business-provisioner/business-provisioner.ts";
import { credentialsContext, type OpenDatabases } from "../databases/open-databases.ts";
import type { CreateBusinessDeps } from "../lifecycle/create-business.ts";
import {
  findPreviewedBusiness,
  type Preview,
  previewContext,
  previewHoursUsual,
  previewsMax,
} from "./preview.ts";
import { removePreview } from "./sweep-previews.ts";

export interface PreviewDeps extends Pick<CreateBusinessDeps, "control" | "sealing" | "provisioner"> {
  readonly databases: Pick<OpenDatabases, "use">;
}

export interface CreatePreviewInput {
  readonly slug: string;
  /** The number of hours until the preview expires. The caller must check that it is at most `previewHoursMax`. */
  readonly hours?: number | undefined;
}

/**
 * Requests of the business are still served while its database is copied. Errors:
 * - NOT_FOUND: there is no business with this slug.
 * - CONFLICT: the business is being deleted, is moving to another engine, or has the maximum number of previews.
 * - UNAVAILABLE: the preview was ended before it was complete.
 * - The errors of `provision`.
 */
export async function createPreview(
  deps: PreviewDeps,
  actor: string,
  { slug, hours = previewHoursUsual }: CreatePreviewInput,
): Promise<Preview> {
  const { control, provisioner, sealing } = deps;
  const businessId = await findPreviewedBusiness(control, slug);
  // This call migrates the database if necessary, because a copy on Postgres needs the current tables.
  await deps.databases.use(businessId, async () => undefined);
  const source = await sourceOf(deps, businessId);
  const [id, nowMs] = [uuidv7(), Date.now()];
  const times = {
    createdAt: new Date(nowMs).toISOString(),
    expiresAt: new Date(nowMs + hours * 3_600_000).toISOString(),
  };
  await control.transaction(async (trx) => {
    const { count } = await trx
      .selectFrom("previews")
      .select((is) => is.fn.countAll().as("count"))
      .where("businessId", "=", businessId)
      .where("state", "!=", "ending")
      .where("expiresAt", ">", times.createdAt)
      .executeTakeFirstOrThrow();
    if (Number(count) >= previewsMax) throw tooMany();
    await trx
      .insertInto("previews")
      .values({ id, businessId, state: "making", engine: source.engine, credentials: null, ...times })
      .execute();
  });
  let sealed: string | null = null;
  try {
    const credentials = await provisioner.provision(id, {
      source,
      addTables: async (copy) => {
        const owner = await provisioner.openAsOwner(source);
        const tables = await readOwnTables(owner).finally(() => owner.close());
        if (tables.length === 0) return;
        const added = await provisioner.openAsOwner(copy);
        await createOwnTables(added, tables).finally(() => added.close());
      },
    });
    sealed = sealing.seal(Buffer.from(JSON.stringify(credentials)), previewContext(id));
    await control.transaction(async (trx) => {
      const { numUpdatedRows } = await trx
        .updateTable("previews")
        .set({ state: "ready", credentials: sealed })
        .where("id", "=", id)
        .where("state", "=", "making")
        .executeTakeFirstOrThrow();
      if (numUpdatedRows === 0n) throw ended();
      await trx
        .insertInto("audit")
        .values({ id: uuidv7(), at: times.createdAt, actor, action: "preview.create", subject: businessId })
        .execute();
    });
  } catch (err) {
    const remains = { state: "ending" as const, credentials: sealed };
    // The original error is reported, not an error of the removal. The next sweep tries the removal again.
    const ending = control.kysely.updateTable("previews").set(remains).where("id", "=", id).execute();
    await ending.catch(() => undefined);
    await removePreview(deps, { id, engine: source.engine, credentials: sealed }).catch(() => undefined);
    throw err;
  }
  return { id, state: "ready", engine: source.engine, ...times };
}

async function sourceOf({ control, sealing }: PreviewDeps, businessId: string): Promise<BusinessCredentials> {
  const { credentials, step } = await control.kysely
    .selectFrom("businesses")
    .leftJoin("businessMoves as m", "m.businessId", "businesses.id")
    .select(["businesses.credentials", "m.step"])
    .where("businesses.id", "=", businessId)
    .executeTakeFirstOrThrow();
  if (step !== null && step !== "switched") throw moving();
  const plain = sealing.open(credentials, credentialsContext(businessId));
  return JSON.parse(Buffer.from(plain).toString()) as BusinessCredentials;
}

const tooMany = () =>
  new AppError("CONFLICT", `This business has ${previewsMax} previews already.`, {
    hint: "End one of them first.",
  });

const moving = () =>
  new AppError("CONFLICT", "This business is moving to another engine.", {
    hint: "Wait until the move has ended.",
  });

const ended = () =>
  new AppError("UNAVAILABLE", "The preview was ended before it was complete.", {
    hint: "Create another one.",
  });
