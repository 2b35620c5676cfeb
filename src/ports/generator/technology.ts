// What the front door of a technology for a generator offers.
import type { Technology } from "../technology.ts";
import type { Generator } from "./generator.ts";

export interface OpenGeneratorOptions {
  /** Loads at once what making needs; false where only plans are changed. */
  readonly isWarm: boolean;
}

export type GeneratorTechnology = Technology<OpenGeneratorOptions, Generator>;
