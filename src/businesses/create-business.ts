// Makes a business: its own database with its own schema, then its row. A failure leaves neither behind.
import { randomBytes } from "node:crypto";
import { v7 as uuidv7 } from "uuid";
import { AppError } from "../errors.ts";
import type { BusinessProvisioner } from "../ports/business-provisioner/business-provisioner.ts";
import type { Database } from "../ports/database/database.ts";
import { type Business, businessOf, secretContext, slugSchema } from "./business.ts";
import type { ControlTables } from "./control-schema.ts";
import { credentialsContext } from "./open-databases.ts";
import type { BusinessRegistry } from "./registry.ts";
import type { BusinessTables } from "./schema.ts";
import type { Sealing } from "./sealing.ts";

export interface CreateBusinessDeps {
  readonly control: Database<ControlTables>;
  readonly registry: BusinessRegistry;
  readonly sealing: Sealing;
  readonly provisioner: BusinessProvisioner<BusinessTables>;
}

export interface CreateBusinessInput {
  readonly slug: string;
  readonly name?: string;
}

/** A slug that is taken: CONFLICT. */
export async function createBusiness(
  deps: CreateBusinessDeps,
  actor: string,
  input: CreateBusinessInput,
): Promise<Business> {
  const slug = slugSchema.safeParse(input.slug);
  if (!slug.success) {
    throw new AppError("INVALID_PARAMETER", "This can't be a business's slug.", {
      faults: [{ at: "slug", message: slug.error.issues[0]?.message ?? "Not a slug." }],
    });
  }
  const taken = await deps.control.kysely
    .selectFrom("businesses")
    .select("id")
    .where("slug", "=", slug.data)
    .executeTakeFirst();
  if (taken) throw slugTaken(slug.data);

  const id = uuidv7();
  const credentials = await deps.provisioner.provision(id);
  const row: ControlTables["businesses"] = {
    id,
    slug: slug.data,
    name: input.name?.trim() || slug.data,
    state: "active",
    engine: credentials.engine,
    credentials: deps.sealing.seal(Buffer.from(JSON.stringify(credentials)), credentialsContext(id)),
    secret: deps.sealing.seal(randomBytes(32), secretContext(id)),
    limits: "{}",
    createdAt: new Date().toISOString(),
  };
  try {
    await deps.control.transaction(async (trx) => {
      await trx.insertInto("businesses").values(row).execute();
      await trx
        .insertInto("audit")
        .values({ id: uuidv7(), at: row.createdAt, actor, action: "business.create", subject: id })
        .execute();
    });
  } catch (err) {
    await deps.provisioner.drop(credentials);
    if (err instanceof AppError && err.code === "CONFLICT") throw slugTaken(slug.data);
    throw err;
  }
  deps.registry.forget();
  return businessOf(row, deps.sealing);
}

const slugTaken = (slug: string) =>
  new AppError("CONFLICT", `There is a business "${slug}" already.`, { hint: "Choose another slug." });
