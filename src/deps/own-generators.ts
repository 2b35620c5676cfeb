// Opens the generators for which a business has supplied its own key or address.
import type { BroughtGenerator, GeneratorKeys } from "../businesses/secrets/generator-keys.ts";
import type { Config } from "../config/config.ts";
import type { OwnGenerator } from "../generators/generator-choice.ts";
import { createDialPublic, type Dial } from "../ports/dial-public.ts";
import type { ChunkDeliveries } from "../ports/generator/technology.ts";
import { openGenerator, type OpenGeneratorParts } from "./open-generator.ts";

/**
 * Returns the business's own generators by name. Each call opens the generators again, so a removed key is no longer
 * used. (Other processes notice the removal within five seconds.) A name that is no longer in RONDO_GENERATORS is left
 * out. Errors: INTERNAL (a stored key can't be decrypted), UNAVAILABLE (the control database can't be reached). After
 * an error, the caller must not use the operator's key in place of the business's key.
 */
export type OwnGenerators = (businessId: string) => Promise<ReadonlyMap<string, OwnGenerator>>;

export interface OwnGeneratorParts extends OpenGeneratorParts {
  /**
   * How a generator at an address that a business supplied can store its chunks itself. If undefined, Rondo stores the
   * chunks of such a generator.
   */
  readonly publicDeliveries?: ChunkDeliveries;
  readonly dial?: Dial;
}

export function createOwnGenerators(
  config: Config,
  keys: Pick<GeneratorKeys, "find">,
  { publicDeliveries, dial = createDialPublic(), ...parts }: OwnGeneratorParts,
): OwnGenerators {
  const { deliveries: _, ...ownParts } = parts;
  const atOwnAddress = (url: string, key: string | undefined) =>
    openGenerator(
      config,
      { url: { scheme: "https", location: url }, key: undefined, secret: key ?? null, dial },
      { ...ownParts, ...(publicDeliveries === undefined ? {} : { deliveries: publicDeliveries }) },
    );
  const open = async (name: string, { key, url }: BroughtGenerator): Promise<OwnGenerator | undefined> => {
    const listed = config.generators?.find((one) => one.name === name);
    if (listed === undefined) return undefined;
    if (url !== undefined) return { generator: await atOwnAddress(url, key), isElsewhere: true };
    if (key === undefined) return undefined;
    const address = { url: listed.url, key, secret: key };
    return { generator: await openGenerator(config, address, parts), isElsewhere: false };
  };
  return async (businessId) => {
    const own = new Map<string, OwnGenerator>();
    for (const [name, brought] of await keys.find(businessId)) {
      const opened = await open(name, brought);
      if (opened !== undefined) own.set(name, opened);
    }
    return own;
  };
}
