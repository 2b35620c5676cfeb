// Opens a generator with the settings that all generators share.
import type { Config } from "../config/config.ts";
import type { AudioIntake } from "../ports/generator/audio-intake.ts";
import type { Generator } from "../ports/generator/generator.ts";
import { openGenerator as openTechnology } from "../ports/generator/open.ts";
import type { Dial } from "../ports/dial-public.ts";
import type { StoreUrl } from "../ports/store-url.ts";
import type { ChunkDeliveries } from "../ports/generator/technology.ts";

export interface OpenGeneratorParts {
  readonly isWarm: boolean;
  readonly intake: AudioIntake;
  readonly deliveries?: ChunkDeliveries;
}

export interface GeneratorAddress {
  readonly url: StoreUrl;
  readonly key: string | undefined;
  /**
   * The secret that signs the calls. Undefined means the operator's secret, if there is one. Null
   * means that calls are not signed.
   */
  readonly secret?: string | null;
  /** If a business supplied the address, this function finds the IP address to connect to. */
  readonly dial?: Dial;
}

export const openGenerator = (
  config: Config,
  { url, key, secret = config.generatorSecret, dial }: GeneratorAddress,
  parts: OpenGeneratorParts,
): Promise<Generator> =>
  openTechnology(url, {
    ...parts,
    ...(key === undefined ? {} : { key }),
    ...(secret === undefined || secret === null ? {} : { secret }),
    ...(dial === undefined ? {} : { dial }),
    firstChunkMs: config.generatorFirstChunkSeconds * 1000,
    stallMs: config.generatorStallSeconds * 1000,
  });
