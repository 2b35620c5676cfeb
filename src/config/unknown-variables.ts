// Finds environment variables that look like settings of Rondo but are none, such as misspelt ones.
import { nearestNames } from "../queries/spec/nearest-names.ts";
import { settings, settingsIn } from "./settings.ts";

export interface UnknownVariable {
  readonly variable: string;
  readonly hint: string;
}

const prefix = "RONDO_";
/**
 * Variables that begin with RONDO_ and are not in `settings`, but are still known. RONDO_TEST_… are for the tests.
 * Users' scripts read their API key from RONDO_KEY. RONDO_GENERATOR_KEY_… are the keys of the generators in
 * RONDO_GENERATORS. If a service has the name "rondo", Kubernetes sets RONDO_SERVICE_… and RONDO_PORT… in each
 * container.
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
