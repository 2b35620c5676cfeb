// Defines the commands `rondo business export` and `rondo business restore`.
import type { Command } from "commander";
import { exportBusiness } from "../../archives/export-business.ts";
import { restoreBusiness } from "../../archives/restore-business.ts";
import { credentialsContext } from "../../businesses/databases/open-databases.ts";
import { readConfig } from "../../config/config.ts";
import { counted } from "../../counted.ts";
import { createMoveDeps } from "../../deps/move-deps.ts";
import type { SharedDeps } from "../../deps/shared-deps.ts";
import { asJson, type OutputOptions, printOne } from "../terminal/output.ts";
import { findBusiness, withStores } from "../with-stores.ts";

const partsText = (rows: number, streams: number, objects: number): string =>
  `${counted(rows, "row")}, ${counted(streams, "stream")}, ${counted(objects, "object")}`;

export function addBusinessArchives(business: Command, actor: string): void {
  business
    .command("export")
    .description("export a business into one archive: its rows, streams and objects")
    .argument("<slug>", "the business's slug")
    .requiredOption("--to <file>", "the archive file to write")
    .option(...asJson)
    .action((slug: string, { to, ...options }: OutputOptions & { to: string }) =>
      withCopies(async (deps, { openCopy }) => {
        const exported = await findBusiness(deps, slug);
        const { credentials } = await deps.control.kysely
          .selectFrom("businesses")
          .select("credentials")
          .where("id", "=", exported.id)
          .executeTakeFirstOrThrow();
        const plain = Buffer.from(deps.sealing.open(credentials, credentialsContext(exported.id)));
        const copy = await openCopy(JSON.parse(plain.toString()));
        try {
          const { tables, streams, objects } = await exportBusiness(deps, copy, exported, to);
          const rows = tables.reduce((sum, table) => sum + table.rows, 0);
          printOne(
            { slug, file: to, tables: tables.length, rows, streams, objects },
            options,
            () => `${to}: ${partsText(rows, streams, objects)}`,
          );
        } finally {
          await copy.close();
        }
      }),
    );
  business
    .command("restore")
    .description("create a business from an archive, on the engine of RONDO_BUSINESS_URL")
    .argument("<file>", "the archive")
    .requiredOption("--as <slug>", "the slug of the new business")
    .option(...asJson)
    .action((path: string, { as: slug, ...options }: OutputOptions & { as: string }) =>
      withCopies(async (deps, { openCopy, older }) => {
        const { business: made, ...counts } = await restoreBusiness({ ...deps, openCopy, older }, actor, {
          path,
          slug,
        });
        printOne({ slug, id: made.id, ...counts }, options, ({ rows, streams, objects, erasedUsers }) =>
          [
            `${slug}\t${made.id}`,
            partsText(rows, streams, objects),
            ...(erasedUsers > 0 ? [`${counted(erasedUsers, "erased user")} left out`] : []),
          ].join("\t"),
        );
      }),
    );
}

function withCopies(
  work: (deps: SharedDeps, moves: ReturnType<typeof createMoveDeps>) => Promise<void>,
): Promise<void> {
  return withStores(async (deps) => {
    const moves = createMoveDeps(readConfig(), deps, []);
    try {
      await work(deps, moves);
    } finally {
      await moves.close();
    }
  });
}
