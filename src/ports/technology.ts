// Defines the type of a technology: its URL schemes, how it is opened and how it is examined. Importing a technology loads no driver.
import { AppError } from "../errors.ts";
import type { Found } from "./found.ts";

export interface Technology<Options, Opened> {
  /** The name for people, such as "MongoDB". */
  readonly name: string;
  /** The schemes of the addresses that it serves, without the colon. */
  readonly schemes: readonly string[];
  /** An address to copy, for hints: "mongodb://127.0.0.1:27017". */
  readonly example: string;
  /** Returns one sentence that says why an address can't work; undefined for a good address. Asks no server. */
  faultOf(location: string): string | undefined;
  /** Errors: CONFIG_INVALID for an address that can't work, UNAVAILABLE. */
  open(location: string, options: Options): Promise<Opened>;
  /** Examines the server, and leaves nothing behind there. Errors: CONFIG_INVALID, UNAVAILABLE. */
  examine(location: string): Promise<readonly Found[]>;
}

/** A technology of any port. */
export type AnyTechnology = Pick<Technology<never, unknown>, "name" | "schemes" | "example" | "faultOf">;

type Named = Pick<AnyTechnology, "schemes">;

export const findTechnology = <Known extends Named>(
  technologies: readonly Known[],
  scheme: string,
): Known | undefined => technologies.find(({ schemes }) => schemes.includes(scheme));

/** Returns the technology of a scheme that the settings have accepted. */
export function technologyOf<Known extends Named>(technologies: readonly Known[], scheme: string): Known {
  const found = findTechnology(technologies, scheme);
  if (found) return found;
  throw new AppError("CONFIG_INVALID", `No store is known for addresses that begin with ${scheme}:`);
}

/** A `faultOf` that accepts every address: its faults are found only by asking the server. */
export const anyAddress = (): undefined => undefined;
/** A `faultOf` for addresses that need a path. */
export const needsPath = (location: string): string | undefined =>
  location === "" ? "It names no path." : undefined;
