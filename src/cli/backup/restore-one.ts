// Restores one business of a backup, for `rondo restore --business`.
import { openBackup } from "../../backups/open-backup.ts";
import { restoreOne } from "../../backups/restore-one.ts";
import { openMasterKey } from "../../backups/sealed-key.ts";
import { loadMasterKey } from "../../businesses/secrets/master-key-file.ts";
import { readConfig } from "../../config/config.ts";
import { createMoveDeps } from "../../deps/move-deps.ts";
import { openControl } from "../../deps/open-control.ts";
import { AppError } from "../../errors.ts";
import { openChunkStore } from "../../ports/chunk-store/open.ts";
import { type OutputOptions, printOne } from "../terminal/output.ts";
import { withStores } from "../with-stores.ts";

interface RestoreOneOptions extends OutputOptions {
  readonly folder: string;
  readonly slug: string;
  readonly as?: string;
  readonly passphrase: string | undefined;
}

/**
 * If the backup contains a sealed master key and `passphrase` is given, reads the secrets of the backup with this key.
 * Otherwise reads them with the master key of this installation.
 */
export async function restoreOneFromBackup(options: RestoreOneOptions): Promise<void> {
  const { folder, slug, as, passphrase } = options;
  if (as === undefined)
    throw new AppError("INVALID_PARAMETER", "The slug of the new business is missing.", {
      hint: `Pass it with --as, for example --as ${slug}-restored`,
    });
  const { manifest } = await openBackup(folder);
  await withStores(async (deps) => {
    const config = readConfig();
    const moves = createMoveDeps(config, deps, []);
    const masterKey =
      manifest.masterKey.kind === "sealed" && passphrase
        ? openMasterKey(manifest.masterKey, passphrase)
        : await loadMasterKey(config.masterKey);
    try {
      const { business, ...counts } = await restoreOne(
        {
          ...{ ...deps, openCopy: moves.openCopy, older: moves.older, masterKey },
          openControlFile: (location) =>
            openControl({ ...config, controlUrl: { scheme: "sqlite", location } }),
          openCopyFile: (file) => moves.openCopy({ engine: "sqlite", file }),
          openChunkFolder: (location) =>
            openChunkStore(
              { scheme: "sqlite", location },
              { credentialKey: new Uint8Array(32), onError: () => {} },
            ),
        },
        "command line",
        { folder, slug, as },
      );
      printOne({ slug: as, id: business.id, ...counts }, options, ({ rows, streams, objects }) =>
        [as, business.id, `${rows} rows, ${streams} streams, ${objects} objects`].join("\t"),
      );
    } finally {
      await moves.close();
    }
  });
}
