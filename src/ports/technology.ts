// Defines the type of a technology, which is a product or a service that Rondo can use, such as MongoDB. The type has
// the URL schemes of the technology, and functions that open and examine a server or a folder. Importing a technology
// loads no driver.
import { AppError } from "../errors.ts";
import type { Found } from "./found.ts";

export interface Technology<Options, Opened> {
  /** The name to display, such as "MongoDB". */
  readonly name: string;
  /** The URL schemes of this technology, without the colon. */
  readonly schemes: readonly string[];
  /** An example URL for hints: "mongodb://127.0.0.1:27017". */
  readonly example: string;
  /** Returns one sentence that says why a URL can't work, or undefined for a valid URL. No server is contacted. */
  faultOf(location: string): string | undefined;
  /** Throws CONFIG_INVALID for a URL that can't work, and UNAVAILABLE if the server can't be reached. */
  open(location: string, options: Options): Promise<Opened>;
  /**
   * Examines the server or the folder, and returns the findings. To test the permissions, an
   * examination can write small data and delete it again. If the server can't be reached, some
   * technologies throw UNAVAILABLE, and others return a finding with the state "wrong". Some
   * technologies throw CONFIG_INVALID, for example for a refused key.
   */
  examine(location: string): Promise<readonly Found[]>;
}

/** A technology of any port. */
export type AnyTechnology = Pick<Technology<never, unknown>, "name" | "schemes" | "example" | "faultOf">;

type Named = Pick<AnyTechnology, "schemes">;

export const findTechnology = <Known extends Named>(
  technologies: readonly Known[],
  scheme: string,
): Known | undefined => technologies.find(({ schemes }) => schemes.includes(scheme));

/** Returns the technology of a URL scheme. Throws CONFIG_INVALID for a scheme that no technology has. */
export function technologyOf<Known extends Named>(technologies: readonly Known[], scheme: string): Known {
  const found = findTechnology(technologies, scheme);
  if (found) return found;
  throw new AppError("CONFIG_INVALID", `No technology is known for URLs that begin with ${scheme}:`);
}

/** A `faultOf` that accepts every URL, for technologies whose URLs can be checked only by their server. */
export const anyAddress = (): undefined => undefined;
/** A `faultOf` for URLs that need a path. */
export const needsPath = (location: string): string | undefined =>
  location === "" ? "The URL has no path." : undefined;
