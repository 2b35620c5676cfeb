// Opens the generator that the settings name.
import type { Config } from "../config/config.ts";
import type { AudioIntake } from "../ports/generator/audio-intake.ts";
import type { Generator } from "../ports/generator/generator.ts";
import { openGenerator as openTechnology } from "../ports/generator/open.ts";
import type { ChunkDeliveries } from "../ports/generator/technology.ts";

export interface OpenGeneratorParts {
  readonly isWarm: boolean;
  readonly intake: AudioIntake;
  readonly deliveries?: ChunkDeliveries;
}

export const openGenerator = (config: Config, parts: OpenGeneratorParts): Promise<Generator> =>
  openTechnology(config.generatorUrl, {
    ...parts,
    ...(config.generatorKey === undefined ? {} : { key: config.generatorKey }),
    ...(config.generatorSecret === undefined ? {} : { secret: config.generatorSecret }),
    firstChunkMs: config.generatorFirstChunkSeconds * 1000,
    stallMs: config.generatorStallSeconds * 1000,
  });
