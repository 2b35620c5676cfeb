// Stores the keys and addresses that businesses themselves provide for generators. The control database contains them
// in encrypted form. Rondo uses them only to call the generators.
import { v7 as uuidv7 } from "uuid";
import { AppError, isAppError, notFound } from "../../errors.ts";
import { refuseUnknownGenerator } from "../../generators/refuse-unknown-generator.ts";
import type { Database } from "../../ports/database/database.ts";
import type { Dial } from "../../ports/dial-public.ts";
import { generators } from "../../ports/generator/open.ts";
import { technologyOf } from "../../ports/technology.ts";
import { createFreshFacts } from "../fresh-facts.ts";
import type { ControlTables } from "../tables/control-schema.ts";
import type { Sealing } from "./sealing.ts";

/**
 * The key and the address of a generator; one of the two is enough. Both are secret, and
 * must not appear in a response, a log or a job.
 */
export interface BroughtGenerator {
  /** The key of a hosted generator, or the secret that signs calls to a generator with Rondo's HTTP contract. */
  readonly key?: string | undefined;
  /** The address of a generator with Rondo's HTTP contract, beginning with http or https. */
  readonly url?: string | undefined;
}

interface GeneratorKeyView {
  readonly generator: string;
  readonly hasKey: boolean;
  readonly hasUrl: boolean;
  readonly changedAt: string;
}

/**
 * Changes take effect in this process immediately, and in other processes within five seconds.
 * The methods with a slug throw NOT_FOUND for an unknown slug.
 */
export interface GeneratorKeys {
  /**
   * Stores the key and the address. If `brought` has only one of them, the stored value of the other is deleted.
   * Throws INVALID_PARAMETER in three cases: the name is not in RONDO_GENERATORS, the key or the address
   * can't be used, or `brought` has neither a key nor an address.
   */
  set(actor: string, slug: string, generator: string, brought: BroughtGenerator): Promise<void>;
  /** Removes the key and the address. Throws NOT_FOUND if the business has neither for this generator. */
  remove(actor: string, slug: string, generator: string): Promise<void>;
  list(slug: string): Promise<readonly GeneratorKeyView[]>;
  /**
   * Maps the name of each generator to the key and address that the business has provided. The map
   * is empty for a business that has provided nothing or doesn't exist.
   */
  find(businessId: string): Promise<ReadonlyMap<string, BroughtGenerator>>;
}

export interface GeneratorKeysDeps {
  readonly control: Database<ControlTables>;
  readonly sealing: Sealing;
  /** The names in RONDO_GENERATORS. */
  readonly names: readonly string[];
  /** Looks up the address of a generator, and refuses addresses in inner networks. */
  readonly dial: Dial;
}

export const generatorKeyContext = ({
  businessId,
  generator,
}: Pick<ControlTables["generatorKeys"], "businessId" | "generator">) =>
  `business/${businessId}/generator-key/${generator}`;

export function createGeneratorKeys({ control, sealing, names, dial }: GeneratorKeysDeps): GeneratorKeys {
  const rows = (businessId: string) =>
    control.kysely
      .selectFrom("generatorKeys")
      .selectAll()
      .where("businessId", "=", businessId)
      .orderBy("generator")
      .execute();
  const opened = (row: ControlTables["generatorKeys"]): BroughtGenerator =>
    JSON.parse(Buffer.from(sealing.open(row.sealed, generatorKeyContext(row))).toString());
  const facts = createFreshFacts(
    async (businessId) =>
      new Map((await rows(businessId)).map((row) => [row.generator, opened(row)] as const)),
  );
  const idOf = async (slug: string): Promise<string> => {
    const row = await control.kysely
      .selectFrom("businesses")
      .select("id")
      .where("slug", "=", slug)
      .executeTakeFirst();
    if (row === undefined) throw notFound("business");
    return row.id;
  };
  const audit = (actor: string, action: string, subject: string) => ({
    ...{ id: uuidv7(), at: new Date().toISOString() },
    ...{ actor, action, subject },
  });

  return {
    async set(actor, slug, generator, brought) {
      const businessId = await idOf(slug);
      refuseUnknownGenerator(generator, names, "generator");
      await refuseUnusable(brought, dial);
      const { key, url } = brought;
      const sealed = sealing.seal(
        Buffer.from(JSON.stringify({ key, url })),
        generatorKeyContext({ businessId, generator }),
      );
      const changed = { sealed, changedAt: new Date().toISOString() };
      await control.transaction(async (trx) => {
        await trx
          .insertInto("generatorKeys")
          .values({ businessId, generator, ...changed })
          .onConflict((row) => row.columns(["businessId", "generator"]).doUpdateSet(changed))
          .execute();
        await trx
          .insertInto("audit")
          .values(audit(actor, "business.generator-key.set", businessId))
          .execute();
      });
      facts.forget(businessId);
    },
    async remove(actor, slug, generator) {
      const businessId = await idOf(slug);
      await control.transaction(async (trx) => {
        const removed = await trx
          .deleteFrom("generatorKeys")
          .where("businessId", "=", businessId)
          .where("generator", "=", generator)
          .returning("generator")
          .executeTakeFirst();
        if (removed === undefined) throw notFound("generator key");
        await trx
          .insertInto("audit")
          .values(audit(actor, "business.generator-key.remove", businessId))
          .execute();
      });
      facts.forget(businessId);
    },
    async list(slug) {
      return (await rows(await idOf(slug))).map((row) => {
        const { key, url } = opened(row);
        const { generator, changedAt } = row;
        return { generator, hasKey: key !== undefined, hasUrl: url !== undefined, changedAt };
      });
    },
    find: async (businessId) => (await facts.find(businessId)).value,
  };
}

const refused = (at: string, message: string, hint: string): AppError =>
  new AppError("INVALID_PARAMETER", message, { faults: [{ at, message, hint }], hint });

/** Only visible ASCII characters, because most generators get the key in a header. */
const keyPattern = /^[\x21-\x7e]{1,4096}$/;
const urlCharactersMax = 2_000;

async function refuseUnusable({ key, url }: BroughtGenerator, dial: Dial): Promise<void> {
  if (key === undefined && url === undefined)
    throw refused("/key", "There is neither a key nor an address.", "Give a key, an address (url), or both.");
  if (key !== undefined && !keyPattern.test(key))
    throw refused(
      "/key",
      "This can't be the key of a generator.",
      "Use 1 to 4096 visible ASCII characters, without spaces.",
    );
  if (url === undefined) return;
  const example = "For example https://music.example";
  if (url.length > urlCharactersMax || !/^https?:\/\//i.test(url))
    throw refused(
      "/url",
      "The address of a generator begins with http:// or https://, and has at most 2,000 characters.",
      example,
    );
  const fault = technologyOf(generators, "https").faultOf(url);
  if (fault !== undefined) throw refused("/url", fault, example);
  await dial(url).catch((err: unknown) => {
    if (!isAppError(err)) throw err;
    throw refused("/url", err.publicMessage, err.hint ?? example);
  });
}
