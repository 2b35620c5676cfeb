// Reads the settings from the environment. No other file of src reads settings from the
// environment. All faults are reported together.
import { resolve } from "node:path";
import { AppError, type Fault } from "../errors.ts";
import { type ConfiguredGenerator, generatorsOf } from "./generator-list.ts";
import { faultsOfMoves } from "./store-moves.ts";
import { readSecretFiles } from "./secret-files.ts";
import {
  isSetting,
  type logLevels,
  type Setting,
  type SettingTree,
  type SettingValues,
  settings,
} from "./settings.ts";
export type LogLevel = (typeof logLevels)[number];

type Values = SettingValues<typeof settings>;

/** The values of the settings in settings.ts. Values that depend on several settings are declared here. */
export interface Config extends Omit<
  Values,
  "masterKey" | "neon" | "languageModel" | "namedGenerators" | "generatorSlots"
> {
  /**
   * The generators of RONDO_GENERATORS. The first one is the default. Undefined if RONDO_GENERATORS is not set.
   */
  readonly generators: readonly ConfiguredGenerator[] | undefined;
  /** The 32 bytes of the key, or the file that contains them. The first start creates the file. */
  readonly masterKey: Uint8Array | { readonly file: string };
  /** The access to Neon's API. Undefined without an API key. */
  readonly neon: { readonly apiKey: string; readonly apiUrl?: string } | undefined;
  readonly languageModel:
    { readonly url: string; readonly model: string; readonly key: string | undefined } | undefined;
}

/**
 * The exit code of a process that ends because its settings can't work (EX_CONFIG in sysexits.h). The supervisor does
 * not restart such a process, because with the same settings another start would fail in the same way.
 */
export const exitBadSettings = 78;

/**
 * Returns the variables of this process, with defaults for absent variables. An empty variable
 * stays empty.
 */
export const environmentWith = (
  defaults: Readonly<Record<string, string>>,
): Readonly<Record<string, string | undefined>> => ({ ...defaults, ...process.env });

/**
 * Reads all settings. An empty variable counts as not set. Throws AppError CONFIG_INVALID with all faults. A fault is
 * an invalid variable, a missing variable that another setting requires, or a variable that another setting excludes.
 */
export function readConfig(environment: Readonly<Record<string, string | undefined>> = process.env): Config {
  const faults: Fault[] = [];
  const texts = readSecretFiles(environment, faults);
  const givenText = ({ variable }: Setting<unknown>) => texts[variable]?.trim() || undefined;
  const dataDir = resolve(givenText(settings.dataDir) ?? "./data");

  const readOne = (one: Setting<unknown>): unknown => {
    const text = givenText(one) ?? one.fallback?.replace("./data", () => dataDir);
    return text === undefined
      ? undefined
      : one.kind.parse(text, one, (message, hint) => void faults.push({ at: one.variable, message, hint }));
  };

  const values = valuesOf(settings, readOne);
  const { languageModel, businessUrl, neon } = settings;
  if (givenText(languageModel.url) && !givenText(languageModel.model)) {
    faults.push({
      at: languageModel.model.variable,
      message: "RONDO_LLM_URL is set, but no model is named.",
      hint: "Set RONDO_LLM_MODEL to the name of a model at the endpoint of RONDO_LLM_URL.",
    });
  }
  if (givenText(businessUrl)?.startsWith("neon:") && !givenText(neon.apiKey)) {
    faults.push({
      at: neon.apiKey.variable,
      message: "RONDO_BUSINESS_URL is a Neon project, but no API key is set.",
      hint: "Create a key in Neon's console, under the account's API keys.",
    });
  }
  if (givenText(settings.mailUrl) && !givenText(settings.publicUrl)) {
    faults.push({
      at: settings.publicUrl.variable,
      message: "RONDO_MAIL_URL is set, but the address of the links in mails is not known.",
      hint: `Set it, for example ${settings.publicUrl.variable}=${settings.publicUrl.example}`,
    });
  }
  const { namedGenerators: named, generatorSlots: slots, ...rest } = values;
  const textOf = (variable: string) => texts[variable]?.trim() || undefined;
  const generators = generatorsOf({ named, slots, textOf }, faults);
  if (generators !== undefined && givenText(settings.generatorUrl)) {
    faults.push({
      at: settings.namedGenerators.variable,
      message: "RONDO_GENERATOR_URL is set, too.",
      hint: "Set only one of the two.",
    });
  }
  faults.push(...faultsOfMoves(values));
  if (faults.length > 0) {
    throw new AppError("CONFIG_INVALID", "Rondo can't start with these settings.", { faults });
  }
  return {
    ...rest,
    generators,
    masterKey: values.masterKey ?? { file: resolve(dataDir, "master.key") },
    neon: neonOf(values),
    languageModel: languageModelOf(values),
  };
}

/** Formats the faults of the settings as lines for a terminal. */
export const configFaultLines = (err: AppError): string =>
  [
    err.publicMessage,
    ...(err.faults ?? []).map(
      (fault) => `  ${fault.at}: ${fault.message}${fault.hint ? `\n    ${fault.hint}` : ""}`,
    ),
  ].join("\n");

/**
 * Returns the tree with each setting replaced by its value. TypeScript derives the type of each value from its setting.
 */
const valuesOf = <Tree extends SettingTree>(
  tree: Tree,
  readOne: (one: Setting<unknown>) => unknown,
): SettingValues<Tree> =>
  (isSetting(tree)
    ? readOne(tree)
    : Object.fromEntries(
        Object.entries(tree).map(([key, one]) => [key, valuesOf(one, readOne)]),
      )) as SettingValues<Tree>;

const neonOf = ({ neon: { apiKey, apiUrl } }: Values): Config["neon"] =>
  apiKey === undefined ? undefined : { apiKey, ...(apiUrl === undefined ? {} : { apiUrl }) };

const languageModelOf = ({ languageModel: { url, model, key } }: Values): Config["languageModel"] =>
  url === undefined || model === undefined ? undefined : { url, model, key };
