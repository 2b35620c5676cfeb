// Opens the generators in the settings: one generator, or several generators with names.
import type { Config } from "../config/config.ts";
import {
  createGeneratorChoice,
  type GeneratorChoice,
  type NamedGenerator,
} from "../generators/generator-choice.ts";
import type { Generator } from "../ports/generator/generator.ts";
import type { Log } from "../process/log.ts";
import { openStore } from "../process/start-errors.ts";
import { openGenerator, type OpenGeneratorParts } from "./open-generator.ts";

export interface OpenGenerators {
  /** The only generator, or the first of several generators. */
  readonly generator: Generator;
  /** The generators by name, in the order of the setting. The name of a single generator is `generator.name`. */
  readonly byName: ReadonlyMap<string, Generator>;
  /** The choice among the generators of RONDO_GENERATORS. Undefined if RONDO_GENERATORS is not set. */
  readonly choice: GeneratorChoice | undefined;
  close(): Promise<void>;
}

/** If a generator can't be opened, throws the error of `openStore`. The generators that are already open stay open. */
export async function openGenerators(
  config: Config,
  parts: OpenGeneratorParts & { readonly log: Pick<Log, "warn"> },
): Promise<OpenGenerators> {
  const { log, ...open } = parts;
  if (config.generators === undefined) {
    const { generatorUrl: url, generatorKey: key } = config;
    const generator = await openStore("RONDO_GENERATOR_URL", url, () =>
      openGenerator(config, { url, key }, open),
    );
    const byName = new Map([[generator.name, generator]]);
    return { generator, byName, choice: undefined, close: () => generator.close() };
  }
  const named: NamedGenerator[] = [];
  for (const { name, url, key, slots } of config.generators) {
    const generator = await openStore("RONDO_GENERATORS", url, () =>
      openGenerator(config, { url, key }, open),
    );
    named.push({ name, generator, slots });
  }
  const choice = createGeneratorChoice(named, {
    onFallback: ({ err, ...facts }) =>
      log.warn({ err, ...facts }, "a generator failed before its first chunk; the next generator is used"),
  });
  const generator = choice.find(choice.names[0]!)!;
  const byName = new Map(named.map(({ name, generator: one }) => [name, one]));
  return { generator, byName, choice, close: () => choice.close() };
}
