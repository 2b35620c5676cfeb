// The front door of an adapter: its addresses, how it is opened and how it is examined. Importing it loads no driver.
import { AppError } from "../errors.ts";
import type { Found } from "./found.ts";

export interface Technology<Options, Opened> {
  /** As people write it: "MongoDB". */
  readonly name: string;
  /** The schemes of the addresses that it serves, without the colon. */
  readonly schemes: readonly string[];
  /** An address to copy, for hints: "mongodb://127.0.0.1:27017". */
  readonly example: string;
  /** Says in one sentence why an address can't work; undefined where nothing is wrong with it. Asks no server. */
  faultOf(location: string): string | undefined;
  /** Errors: CONFIG_INVALID for an address that can't work, UNAVAILABLE. */
  open(location: string, options: Options): Promise<Opened>;
  /** Asks the server about itself and leaves nothing behind. Errors: CONFIG_INVALID, UNAVAILABLE. */
  examine(location: string): Promise<readonly Found[]>;
}

/** Any technology, whatever it opens. */
export type AnyTechnology = Pick<Technology<never, unknown>, "name" | "schemes" | "example" | "faultOf">;

type Named = Pick<AnyTechnology, "schemes">;

export const findTechnology = <Known extends Named>(
  technologies: readonly Known[],
  scheme: string,
): Known | undefined => technologies.find(({ schemes }) => schemes.includes(scheme));

/** For a scheme that the settings have let through. */
export function technologyOf<Known extends Named>(technologies: readonly Known[], scheme: string): Known {
  const found = findTechnology(technologies, scheme);
  if (found) return found;
  throw new AppError("CONFIG_INVALID", `No store is known for addresses that begin with ${scheme}:`);
}

/** Nothing about an address is wrong before a server is asked. */
export const anyAddress = (): undefined => undefined;
/** A path is needed. */
export const needsPath = (location: string): string | undefined =>
  location === "" ? "It names no path." : undefined;
