// rondo key create|list|revoke.
import { Command } from "commander";
import { notFound } from "../errors.ts";
import { withStores } from "./with-stores.ts";

const actor = "command line";

export function keyCommand(): Command {
  const key = new Command("key").description("manage the keys of a business's own servers");
  key
    .command("create")
    .description("create a key; it is shown only once")
    .argument("<business>", "the business's slug")
    .option("--name <name>", "the purpose of the key", "")
    .action((slug: string, options: { name: string }) =>
      withStores(async (deps) => {
        const business = await deps.registry.findBySlug(slug);
        if (!business) throw notFound("business");
        const made = await deps.keys.create(business.id, options.name, actor);
        console.log(`${made.id}\t${made.key}`);
      }),
    );
  key
    .command("list")
    .description("list the keys of a business, without the keys themselves")
    .argument("<business>", "the business's slug")
    .action((slug: string) =>
      withStores(async (deps) => {
        const business = await deps.registry.findBySlug(slug);
        if (!business) throw notFound("business");
        for (const { id, name, createdAt, lastUsedAt, revokedAt } of await deps.keys.list(business.id)) {
          console.log(
            [
              id,
              name,
              createdAt,
              lastUsedAt ?? "never used",
              revokedAt ? `revoked ${revokedAt}` : "valid",
            ].join("\t"),
          );
        }
      }),
    );
  key
    .command("revoke")
    .description("revoke a key, everywhere within five seconds")
    .argument("<keyId>", "the id that `key list` shows")
    .action((keyId: string) => withStores((deps) => deps.keys.revoke(keyId, actor)));
  return key;
}
