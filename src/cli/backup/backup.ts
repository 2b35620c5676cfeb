// Defines the commands rondo backup, rondo restore and rondo erasures.
import { readFile, writeFile } from "node:fs/promises";
import { Command } from "commander";
import { applyErasures } from "../../backups/apply-erasures.ts";
import { embeddedFilesOf } from "../../backups/embedded-files.ts";
import { mergeErasures, parseErasures, readErasures } from "../../backups/erasure-list.ts";
import { makeBackup } from "../../backups/make-backup.ts";
import { restoreBackup } from "../../backups/restore-backup.ts";
import { sealMasterKey } from "../../backups/sealed-key.ts";
import { loadMasterKey } from "../../businesses/secrets/master-key-file.ts";
import { readConfig } from "../../config/config.ts";
import { counted } from "../../counted.ts";
import { openControl } from "../../deps/open-control.ts";
import { createSharedDeps } from "../../deps/shared-deps.ts";
import { AppError } from "../../errors.ts";
import { lockFolders } from "../../process/folder-lock.ts";
import { createLog } from "../../process/log.ts";
import { asJson, type OutputOptions, printOne } from "../terminal/output.ts";
import { restoreOneFromBackup } from "./restore-one.ts";
import { withStores } from "../with-stores.ts";

const passphraseIn = async (file: string): Promise<string> => (await readFile(file, "utf8")).trim();

interface BackupOptions extends OutputOptions {
  readonly withKey?: string;
  readonly withoutKey?: boolean;
}

export const backupCommand = (): Command =>
  new Command("backup")
    .description("back up all data into a new folder while Rondo is in use (embedded profile)")
    .argument("<folder>", "the folder to create")
    .option("--with-key <file>", "include the master key, sealed under the passphrase in this file")
    .option("--without-key", "leave the master key out; keep a copy of it elsewhere")
    .option(...asJson)
    .action((folder: string, options: BackupOptions) =>
      withStores(async (deps) => {
        const config = readConfig();
        const masterKey =
          options.withKey === undefined
            ? options.withoutKey
              ? ({ kind: "left out" } as const)
              : undefined
            : sealMasterKey(await loadMasterKey(config.masterKey), await passphraseIn(options.withKey));
        if (masterKey === undefined) throw undecided();
        const onFile = (files: number, bytes: number): void => {
          if (files % 100 === 0) console.error(`${counted(files, "file")}, ${(bytes / 1e6).toFixed(1)} MB`);
        };
        const onNotAudited = (err: unknown): void =>
          console.error(
            "The backup is complete, but it could not be added to the audit log:",
            err instanceof Error ? err.message : err,
          );
        const backup = { ...deps, files: embeddedFilesOf(config), onFile, onNotAudited };
        const { files, ...manifest } = await makeBackup(backup, { folder, masterKey });
        const bytes = Object.values(files).reduce((sum, file) => sum + file.bytes, 0);
        const counts = {
          folder,
          ...manifest,
          masterKey: masterKey.kind,
          files: Object.keys(files).length,
          bytes,
        };
        printOne(counts, options, ({ businesses, objects }) =>
          [
            `${folder}: ${counted(businesses, "business", "businesses")}, ${counted(objects, "object")}, ${(bytes / 1e6).toFixed(1)} MB`,
            masterKey.kind === "sealed"
              ? "The master key is in the backup, sealed under the passphrase."
              : "The master key is NOT in the backup. Without a copy of the key, this backup can't be restored.",
          ].join("\n"),
        );
      }),
    );

const undecided = (): AppError =>
  new AppError("INVALID_PARAMETER", "The command needs to know whether the backup contains the master key.", {
    hint: "--with-key <file> includes the key, sealed under the passphrase in that file. --without-key leaves the key out; then keep a copy of data/master.key elsewhere, because nothing can be restored without the key.",
  });

interface RestoreOptions extends OutputOptions {
  readonly replace?: boolean;
  readonly passphraseFile?: string;
  readonly erasures?: string;
  readonly business?: string;
  readonly as?: string;
}

export const restoreCommand = (): Command =>
  new Command("restore")
    .description("restore a whole backup, or one business of it")
    .argument("<folder>", "the folder of the backup")
    .option("--replace", "replace the present data, whose files are renamed and not deleted")
    .option("--passphrase-file <file>", "the file with the passphrase of the master key in the backup")
    .option("--erasures <file>", "a newer list of erasures, as `rondo erasures export` writes it")
    .option("--business <slug>", "restore only this business of the backup, as a new business")
    .option("--as <slug>", "the slug of the new business")
    .option(...asJson)
    .action(async (folder: string, options: RestoreOptions) => {
      const passphrase = options.passphraseFile && (await passphraseIn(options.passphraseFile));
      if (options.business !== undefined) {
        await restoreOneFromBackup({ ...options, folder, passphrase, slug: options.business });
        return;
      }
      const config = readConfig();
      const erasures = options.erasures && parseErasures(await readFile(options.erasures, "utf8"));
      const locks = [lockFolders(config, "start"), lockFolders(config, "api")];
      try {
        const report = await restoreBackup(
          {
            ...{ config, openControl },
            openStores: (staged) => createSharedDeps(staged, createLog("cli", "error"), "cli"),
          },
          {
            ...{ folder, replace: options.replace === true },
            ...{ passphrase: passphrase || undefined, erasures: erasures || undefined },
          },
        );
        printOne(report, options, ({ createdAt, businesses, objects, erased, replaced }) =>
          [
            `Restored as of ${createdAt}: ${counted(businesses, "business", "businesses")}, ${counted(objects, "object")}.`,
            `Erased after the backup, so not restored: ${counted(erased.businesses, "business", "businesses")}, ${counted(erased.users, "user")}.`,
            ...replaced.map((path) => `The former data is at ${path}`),
          ].join("\n"),
        );
      } finally {
        for (const lock of locks) lock.release();
      }
    });

export function erasuresCommand(): Command {
  const erasures = new Command("erasures").description(
    "export the list of erased users and businesses, and apply it after a restore",
  );
  erasures
    .command("export")
    .description("write the list into a file; keep this file apart from the backups")
    .argument("<file>", "the file to write")
    .action((file: string) =>
      withStores(async (deps) => {
        const list = await readErasures(deps.control);
        await writeFile(file, `${JSON.stringify(list, null, 1)}\n`, { mode: 0o600 });
        console.log(
          `${file}: ${counted(list.businesses.length, "business", "businesses")}, ${counted(list.users.length, "user")}`,
        );
      }),
    );
  erasures
    .command("apply")
    .description("erase again the listed users and businesses that a restored database has brought back")
    .argument(
      "[file]",
      "a file of `rondo erasures export`; before the command erases, it adds the entries of this file to the stored list",
    )
    .option(...asJson)
    .action((file: string | undefined, options: OutputOptions) =>
      withStores(async (deps) => {
        if (file !== undefined)
          await mergeErasures(deps.control, parseErasures(await readFile(file, "utf8")));
        printOne(
          await applyErasures(deps),
          options,
          ({ businesses, users }) =>
            `Erased again: ${counted(businesses, "business", "businesses")}, ${counted(users, "user")}`,
        );
      }),
    );
  return erasures;
}
