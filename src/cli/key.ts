// Defines the commands rondo key create|list|rotate|revoke|rotate-master.
import { Command, Option } from "commander";
import { type KeyScope, keyScopes } from "../businesses/secrets/key-scopes.ts";
import {
  loadMasterKeys,
  removePreviousKeyFile,
  replaceKeyFile,
} from "../businesses/secrets/master-key-file.ts";
import { rotateMasterKey } from "../businesses/secrets/rotate-master-key.ts";
import { readConfig } from "../config/config.ts";
import { counted } from "../counted.ts";
import { AppError } from "../errors.ts";
import { secondsArgument } from "./terminal/seconds-argument.ts";
import { asJson, type OutputOptions, printAll, printOne } from "./terminal/output.ts";
import { findBusiness, withStores } from "./with-stores.ts";

const actor = "command line";
type Scoped = OutputOptions & { readonly name: string; readonly scope?: readonly KeyScope[] };

export function keyCommand(): Command {
  const key = new Command("key").description("manage the keys of a business's own servers");
  key
    .command("create")
    .description("create a key; it is shown only once")
    .argument("<business>", "the business's slug")
    .option("--name <name>", "the purpose of the key", "")
    .addOption(new Option("--scope <scope...>", "limit the key to these uses").choices(keyScopes))
    .option(...asJson)
    .action((slug: string, { name, scope, ...options }: Scoped) =>
      withStores(async (deps) => {
        const business = await findBusiness(deps, slug);
        const made = await deps.keys.create(business.id, name, actor, scope);
        printOne(made, options, (one) => `${one.id}\t${one.key}`);
      }),
    );
  key
    .command("list")
    .description("list the ids, names and states of a business's keys; the keys can't be shown again")
    .argument("<business>", "the business's slug")
    .option(...asJson)
    .action((slug: string, options: OutputOptions) =>
      withStores(async (deps) => {
        const business = await findBusiness(deps, slug);
        const keys = (await deps.keys.list(business.id)).map((one) => ({
          ...one,
          scopes: one.scopes === null ? null : (JSON.parse(one.scopes) as readonly KeyScope[]),
        }));
        printAll(keys, options, ({ id, name, createdAt, lastUsedAt, scopes, ...ends }) =>
          [id, name, createdAt, lastUsedAt ?? "never used", stateOf(ends), scopes?.join(",") ?? "all"].join(
            "\t",
          ),
        );
      }),
    );
  key
    .command("rotate")
    .description("replace a key by a new one; after the overlap, the old key and its tokens are refused")
    .argument("<keyId>", "the id that `key list` shows")
    .option("--overlap <duration>", "how long the old key stays valid, such as 7d", secondsArgument, 604_800)
    .option(...asJson)
    .action((keyId: string, { overlap, ...options }: OutputOptions & { overlap: number }) =>
      withStores(async (deps) =>
        printOne(await deps.keys.rotate(keyId, overlap, actor), options, (one) =>
          [one.id, one.key, `the old key ends at ${one.oldKeyExpiresAt}`].join("\t"),
        ),
      ),
    );
  key
    .command("revoke")
    .description("revoke a key, everywhere within five seconds")
    .argument("<keyId>", "the id that `key list` shows")
    .option(...asJson)
    .action((keyId: string, options: OutputOptions) =>
      withStores(async (deps) => {
        await deps.keys.revoke(keyId, actor);
        printOne({ id: keyId, state: "revoked" }, options, () => `${keyId}\trevoked`);
      }),
    );
  key
    .command("rotate-master")
    .description(
      "seal all stored secrets under a new master key; until all are sealed again, the former key still opens the others",
    )
    .option(...asJson)
    .action(async (options: OutputOptions) => {
      const config = readConfig();
      const { masterKey } = config;
      const inFile = !(masterKey instanceof Uint8Array);
      // If an interrupted run has already written the new key into the key file, the file is not changed again.
      if (inFile) await replaceKeyFile(masterKey.file);
      else if (config.masterKeyPrevious === undefined) throw needsPrevious();
      await withStores(async (deps) => {
        const keys = await loadMasterKeys(config);
        const sealed = await rotateMasterKey(deps, keys());
        if (inFile) await removePreviousKeyFile(masterKey.file);
        printOne({ sealed }, options, () =>
          inFile
            ? `${counted(sealed, "secret")} sealed under the new key in ${masterKey.file}. Back up this file in a safe place.`
            : `${counted(sealed, "secret")} sealed under the new key. Remove RONDO_MASTER_KEY_PREVIOUS from the settings now.`,
        );
      });
    });
  return key;
}

const needsPrevious = () =>
  new AppError("CONFIG_INVALID", "RONDO_MASTER_KEY_PREVIOUS is not set.", {
    hint: "Set RONDO_MASTER_KEY to the new key and RONDO_MASTER_KEY_PREVIOUS to the former key, restart every process with both settings, and run the command again.",
  });

function stateOf({ revokedAt, expiresAt }: { revokedAt: string | null; expiresAt: string | null }): string {
  if (revokedAt !== null) return `revoked ${revokedAt}`;
  return expiresAt === null ? "valid" : `replaced, valid until ${expiresAt}`;
}
