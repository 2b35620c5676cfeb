// Creates a business in three steps. First, a row in `begunBusinesses` records that the creation has begun. Then the
// database is created, with its schema. Last, one transaction inserts the row in `businesses` and deletes the row in
// `begunBusinesses`. If the last step is never reached, a sweep finds the row in `begunBusinesses` and removes the
// database.
import { randomBytes } from "node:crypto";
import { v7 as uuidv7 } from "uuid";
import { AppError, isAppError } from "../../errors.ts";
import type { BusinessProvisioner } from "../../ports/business-provisioner/business-provisioner.ts";
import type { Database } from "../../ports/database/database.ts";
import { type Business, businessOf, secretContext } from "../business.ts";
import type { ControlTables } from "../tables/control-schema.ts";
import { credentialsContext } from "../databases/open-databases.ts";
import type { SchemaRecords } from "../fleet/schema-records.ts";
import type { BusinessRegistry } from "../registry.ts";
import { parseSlug, refuseTakenSlug, slugTaken } from "./slugs.ts";
import type { BusinessTables } from "../tables/schema.ts";
import type { Sealing } from "../secrets/sealing.ts";

export interface CreateBusinessDeps {
  readonly control: Database<ControlTables>;
  readonly registry: BusinessRegistry;
  readonly sealing: Sealing;
  readonly provisioner: BusinessProvisioner<BusinessTables>;
  readonly schemas: Pick<SchemaRecords, "own">;
}

export interface CreateBusinessInput {
  readonly slug: string;
  readonly name?: string;
  /** The id of the original business, if the new business is for a restore from an archive. */
  readonly originId?: string;
  /** "active" by default. A business that is still to be filled begins as "suspended". */
  readonly state?: "active" | "suspended";
}

/**
 * Errors: INVALID_PARAMETER for an invalid slug, CONFLICT for a taken slug, UNAVAILABLE if the
 * sweep cancelled the creation because it took too long, and the errors of the provisioner and of
 * the control database. After an error of the control database, the business can exist nevertheless.
 */
export async function createBusiness(
  deps: CreateBusinessDeps,
  actor: string,
  input: CreateBusinessInput,
): Promise<Business> {
  const slug = parseSlug(input.slug);
  await refuseTakenSlug(deps.control.kysely, slug);

  const id = uuidv7();
  await deps.control.kysely
    .insertInto("begunBusinesses")
    .values({ id, engine: deps.provisioner.engine, state: "begun", begunAt: new Date().toISOString() })
    .execute();
  const credentials = await deps.provisioner.provision(id);
  const row: ControlTables["businesses"] = {
    id,
    slug,
    name: input.name?.trim() || slug,
    state: input.state ?? "active",
    engine: credentials.engine,
    credentials: deps.sealing.seal(Buffer.from(JSON.stringify(credentials)), credentialsContext(id)),
    secret: deps.sealing.seal(randomBytes(32), secretContext(id)),
    limits: "{}",
    createdAt: new Date().toISOString(),
    deleteAfter: null,
    originId: input.originId ?? null,
  };
  const cancelled = tookTooLong();
  try {
    await deps.control.transaction(async (trx) => {
      const { numDeletedRows } = await trx
        .deleteFrom("begunBusinesses")
        .where("id", "=", id)
        .where("state", "=", "begun")
        .executeTakeFirstOrThrow();
      if (numDeletedRows === 0n) throw cancelled;
      await refuseTakenSlug(trx, slug);
      await trx.insertInto("businesses").values(row).execute();
      await trx
        .insertInto("businessSchemas")
        .values({
          ...{ businessId: id, ...deps.schemas.own, migratedAt: row.createdAt },
          ...{ holder: null, heldUntil: null },
        })
        .execute();
      await trx
        .insertInto("audit")
        .values({ id: uuidv7(), at: row.createdAt, actor, action: "business.create", subject: id })
        .execute();
    });
  } catch (err) {
    // After any other error than CONFLICT and `cancelled`, it is not known whether the commit succeeded. If it
    // succeeded, the business exists, so nothing is removed here. If it failed, the row in `begunBusinesses` still
    // exists, and the sweep removes the database.
    if (!isAppError(err, "CONFLICT") && err !== cancelled) throw err;
    await deps.provisioner.drop(credentials);
    await deps.control.kysely.deleteFrom("begunBusinesses").where("id", "=", id).execute();
    throw err === cancelled ? err : slugTaken(slug);
  }
  deps.registry.forget();
  return businessOf(row, deps.sealing);
}

const tookTooLong = () =>
  new AppError("UNAVAILABLE", "Creating the database took so long that it was cancelled.", {
    hint: "Create the business again.",
    retryAfterSeconds: 30,
  });
