// Seals every stored secret under the current master key. The rotation can be interrupted at any
// step and run again.
import type { Database } from "../../ports/database/database.ts";
import { credentialsContext, moveContext } from "../databases/open-databases.ts";
import { previewContext } from "../previews/preview.ts";
import { secretContext } from "../business.ts";
import type { ControlTables } from "../tables/control-schema.ts";
import { masterKeyCheckContext } from "./check-master-key.ts";
import { derivationKeyContext, derivationKeySetting, findDerivationKey } from "./derivation-key.ts";
import { generatorKeyContext } from "./generator-keys.ts";
import { receiptKeyContext } from "./receipt-key.ts";
import type { MasterKeys, Sealing } from "./sealing.ts";

export interface RotateMasterKeyDeps {
  readonly control: Database<ControlTables>;
  readonly sealing: Sealing;
}

/**
 * Returns the number of secrets that were sealed again. A secret that another process changes at the same time can be
 * counted, too. Throws INTERNAL for a secret that neither the current nor the previous master key can open.
 */
export async function rotateMasterKey(deps: RotateMasterKeyDeps, keys: MasterKeys): Promise<number> {
  const { control, sealing } = deps;
  const derivationKey = await findDerivationKey(control, sealing, keys);
  // Before the first rotation, no derivation key is stored. `findDerivationKey` then finds it with the check value of the
  // master key, which `sealAll` changes. If the process were killed after that, the next call could not find the key any
  // more. So the derivation key is stored before `sealAll`.
  await control.kysely
    .insertInto("settings")
    .values({ name: derivationKeySetting, value: sealing.seal(derivationKey, derivationKeyContext) })
    .onConflict((conflict) => conflict.column("name").doNothing())
    .execute();
  let sealed = 0;
  // During `sealAll`, another process can seal a secret under the previous key. Therefore `sealAll` is called until it
  // finds no such secret.
  for (let more = await sealAll(deps); more > 0; more = await sealAll(deps)) sealed += more;
  return sealed;
}

async function sealAll(deps: RotateMasterKeyDeps): Promise<number> {
  const { kysely } = deps.control;
  let sealed = 0;
  const again = async (
    value: string | null,
    context: string,
    save: (next: string, last: string) => Promise<{ readonly numUpdatedRows: bigint }>,
  ) => {
    if (value === null || deps.sealing.isCurrent(value, context)) return;
    const next = deps.sealing.seal(deps.sealing.open(value, context), context);
    // `save` stores nothing if another process has changed the value. The next call of `sealAll`
    // examines the new value.
    await save(next, value);
    sealed += 1;
  };
  for (const { id, credentials, secret } of await kysely.selectFrom("businesses").selectAll().execute()) {
    for (const [column, value, context] of [
      ["credentials", credentials, credentialsContext(id)],
      ["secret", secret, secretContext(id)],
    ] as const)
      await again(value, context, (next, last) =>
        kysely
          .updateTable("businesses")
          .set({ [column]: next })
          .where("id", "=", id)
          .where(column, "=", last)
          .executeTakeFirstOrThrow(),
      );
  }
  for (const { businessId, credentials } of await kysely.selectFrom("businessMoves").selectAll().execute())
    await again(credentials, moveContext(businessId), (next, last) =>
      kysely
        .updateTable("businessMoves")
        .set({ credentials: next })
        .where("businessId", "=", businessId)
        .where("credentials", "=", last)
        .executeTakeFirstOrThrow(),
    );
  for (const { id, credentials } of await kysely.selectFrom("previews").selectAll().execute())
    await again(credentials, previewContext(id), (next, last) =>
      kysely
        .updateTable("previews")
        .set({ credentials: next })
        .where("id", "=", id)
        .where("credentials", "=", last)
        .executeTakeFirstOrThrow(),
    );
  for (const row of await kysely.selectFrom("generatorKeys").selectAll().execute())
    await again(row.sealed, generatorKeyContext(row), (next, last) =>
      kysely
        .updateTable("generatorKeys")
        .set({ sealed: next })
        .where("businessId", "=", row.businessId)
        .where("generator", "=", row.generator)
        .where("sealed", "=", last)
        .executeTakeFirstOrThrow(),
    );
  const contexts: Readonly<Record<string, string>> = {
    ...{ derivationKey: derivationKeyContext, receiptKey: receiptKeyContext },
    masterKeyCheck: masterKeyCheckContext,
  };
  for (const { name, value } of await kysely.selectFrom("settings").selectAll().execute()) {
    const context = contexts[name];
    if (context === undefined) continue;
    await again(value, context, (next, last) =>
      kysely
        .updateTable("settings")
        .set({ value: next })
        .where("name", "=", name)
        .where("value", "=", last)
        .executeTakeFirstOrThrow(),
    );
  }
  return sealed;
}
