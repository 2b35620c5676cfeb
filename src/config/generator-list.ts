// Reads the setting with several named generators, such as "studio=elevenlabs:, sketch=builtin:",
// and the settings with the keys and limits of these generators.
import type { Fault } from "../errors.ts";
import type { StoreUrl } from "../ports/store-url.ts";
import type { SettingKind } from "./setting-kinds.ts";

interface NamedUrl {
  readonly name: string;
  readonly url: StoreUrl;
}

export interface ConfiguredGenerator extends NamedUrl {
  readonly key: string | undefined;
  /** The maximum number of concurrent generations in each worker. If undefined, there is no limit. */
  readonly slots: number | undefined;
}

const namePattern = /^[a-z][a-z0-9-]{0,31}$/;
/**
 * An address may contain commas. Therefore a comma ends an address only if the next generator follows the comma, as in
 * ", sketch=builtin:".
 */
const separator = /\s*,\s*(?=[^=,\s]*=[a-z])/;

/**
 * Returns the kind of a setting such as "studio=elevenlabs:, sketch=builtin:". `url` parses the address of each
 * generator.
 */
export const namedUrls = (url: SettingKind<StoreUrl>): SettingKind<readonly NamedUrl[]> => ({
  parse(value, setting, refuse) {
    const example = `For example ${setting.variable}=${setting.example}`;
    const named: NamedUrl[] = [];
    for (const part of value.split(separator)) {
      const [, name = "", address = ""] = /^([^=]*)=(.*)$/s.exec(part.trim()) ?? [];
      if (!namePattern.test(name))
        return refuse(`"${name}" is not the name of a generator.`, `Use a-z, 0-9 and -. ${example}`);
      if (named.some((one) => one.name === name))
        return refuse(`Two generators have the name "${name}".`, example);
      const parsed = url.parse(address, setting, (message) => refuse(`${name}: ${message}`, example));
      if (parsed === undefined) return undefined;
      named.push({ name, url: parsed });
    }
    return named;
  },
});

/**
 * The kind of a setting such as "studio=2, sketch=4". Each number, from 1 to 9,999, is the `slots`
 * of the generator with this name. If a name occurs twice, the last number applies.
 */
export const slotsOfNames: SettingKind<ReadonlyMap<string, number>> = {
  parse(value, { variable, example }, refuse) {
    const slots = new Map<string, number>();
    for (const part of value.split(",")) {
      const [, name = "", count = "0"] = /^([a-z][a-z0-9-]*)=(\d{1,4})$/.exec(part.trim()) ?? [];
      if (Number(count) < 1)
        return refuse(
          `"${part.trim()}" does not have the form name=number, with the name of a generator and a number from 1.`,
          `For example ${variable}=${example}`,
        );
      slots.set(name, Number(count));
    }
    return slots;
  },
};

interface Given {
  readonly named: readonly NamedUrl[] | undefined;
  readonly slots: ReadonlyMap<string, number> | undefined;
  /** Returns the value of a variable, either from the environment or from the file that `<variable>_FILE` names. */
  readonly textOf: (variable: string) => string | undefined;
}

/** Returns RONDO_GENERATOR_KEY_STUDIO for "studio". */
const keyVariableOf = (name: string): string =>
  `RONDO_GENERATOR_KEY_${name.toUpperCase().replaceAll("-", "_")}`;

/**
 * Returns undefined if RONDO_GENERATORS is not set. Then there is one generator, and it has no name. Adds a fault to
 * `faults` for each name in `slots` that no generator has.
 */
export function generatorsOf(
  { named, slots, textOf }: Given,
  faults: Fault[],
): readonly ConfiguredGenerator[] | undefined {
  for (const name of slots?.keys() ?? []) {
    if (named?.some((one) => one.name === name)) continue;
    faults.push({
      at: "RONDO_GENERATOR_SLOTS",
      message: `There is no generator "${name}".`,
      hint: "Use the names of RONDO_GENERATORS.",
    });
  }
  return named?.map(({ name, url }) => ({
    name,
    url,
    key: textOf(keyVariableOf(name)),
    slots: slots?.get(name),
  }));
}
