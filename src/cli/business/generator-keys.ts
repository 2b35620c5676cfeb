// Defines the commands rondo business generator-key|generator-keys.
import { text } from "node:stream/consumers";
import type { Command } from "commander";
import { asJson, type OutputOptions, printAll } from "../terminal/output.ts";
import { withStores } from "../with-stores.ts";

const theSlug = ["<slug>", "the business's slug"] as const;

interface KeyOptions {
  readonly url?: string;
  readonly remove?: true;
}

export function addGeneratorKeys(business: Command, actor: string): void {
  business
    .command("generator-key")
    .description("set a business's own key (read from standard input) or its own address for a generator")
    .argument(...theSlug)
    .argument("<generator>", "a generator's name in RONDO_GENERATORS")
    .option(
      "--url <url>",
      "the public address of a generator with the HTTP contract; the key signs the calls",
    )
    .option("--remove", "remove the key and the address")
    .action(async (slug: string, generator: string, { url, remove }: KeyOptions) => {
      const key = remove ? undefined : await readKey();
      await withStores(({ generatorKeys }) =>
        remove
          ? generatorKeys.remove(actor, slug, generator)
          : generatorKeys.set(actor, slug, generator, { key, url }),
      );
    });
  business
    .command("generator-keys")
    .description("list the generators for which a business has its own key or address")
    .argument(...theSlug)
    .option(...asJson)
    .action((slug: string, options: OutputOptions) =>
      withStores(async ({ generatorKeys }) =>
        printAll(await generatorKeys.list(slug), options, ({ generator, hasKey, hasUrl, changedAt }) =>
          [generator, hasKey ? "key" : "", hasUrl ? "address" : "", changedAt].join("\t"),
        ),
      ),
    );
}

/** Returns undefined for an empty input. */
async function readKey(): Promise<string | undefined> {
  if (process.stdin.isTTY)
    console.error("Enter the key, then a new line and Ctrl+D. For no key, press only Ctrl+D.");
  return (await text(process.stdin)).trim() || undefined;
}
