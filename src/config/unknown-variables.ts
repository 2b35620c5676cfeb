// Finds environment variables that look like settings of Rondo but are none, such as misspelt ones.
import { nearestNames } from "../queries/spec/nearest-names.ts";
import { settings, settingsIn } from "./settings.ts";

export interface UnknownVariable {
  readonly variable: string;
  readonly hint: string;
}

const prefix = "RONDO_";
/**
 * Known variables that are not in `settings`: RONDO_TEST_… is for tests, RONDO_KEY has the API key for users' scripts,
 * and RONDO_GENERATOR_KEY_… has the key of a generator in RONDO_GENERATORS. Kubernetes sets RONDO_SERVICE_… and
 * RONDO_PORT… in every container if a service is called "rondo".
 */
const otherVariables = /^RONDO_(TEST_\w+|KEY|GENERATOR_KEY_\w+|SERVICE_(HOST|PORT)\w*|PORT(_\w+)?)$/;

/** Returns the variables in alphabetical order. Their values are never returned, because they may be secrets. */
export function findUnknownVariables(
  environment: Readonly<Record<string, string | undefined>>,
): readonly UnknownVariable[] {
  const known = settingsIn(settings)
    .flatMap(({ variable, isSecret }) => (isSecret ? [variable, `${variable}_FILE`] : [variable]))
    .filter((name) => name.startsWith(prefix));
  return Object.keys(environment)
    .filter((name) => name.startsWith(prefix) && !otherVariables.test(name) && !known.includes(name))
    .sort()
    .map((variable) => {
      // The names are compared without the prefix, because the prefix would make all names similar.
      const [nearest] = nearestNames(
        variable.slice(prefix.length),
        known.map((name) => name.slice(prefix.length)),
        1,
      );
      return {
        variable,
        hint: nearest ? `Did you mean ${prefix}${nearest}?` : "docs/settings.md lists all settings.",
      };
    });
}
