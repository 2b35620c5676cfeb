// Chooses the generators that are allowed to make a generation, and provides generators by name.
import { AppError } from "../errors.ts";
import type { Generator } from "../ports/generator/generator.ts";
import { type Candidate, inTurn, type OnFallback } from "./fallback.ts";
import { createSlots } from "./slots.ts";
import { withSlots } from "./with-slots.ts";

export interface NamedGenerator {
  readonly name: string;
  readonly generator: Generator;
  /** The maximum number of concurrent generations in this process. If undefined, there is no limit. */
  readonly slots?: number | undefined;
}

/** A generator that is opened with the key or the address that a business supplied. */
export interface OwnGenerator {
  readonly generator: Generator;
  /** Whether the business supplied the address. If true, the limit of concurrent generations doesn't apply. */
  readonly isElsewhere: boolean;
}

interface GeneratorWish {
  /**
   * The generator that the request asks for. If set, only this generator starts the generation. `allowed` is not
   * checked here, because `refuseOtherGenerator` has checked the name when the request arrived.
   */
  readonly wanted: string | null;
  /**
   * The generator that has begun the generation. If this generator still exists, no other
   * generator continues the generation.
   */
  readonly madeBy: string | null;
  /**
   * The generators that the business is allowed to use, its default first. If undefined, the
   * business is allowed to use all generators, in the order of RONDO_GENERATORS.
   */
  readonly allowed: readonly string[] | undefined;
}

export interface GeneratorChoice {
  /** The names of the generators in the order of RONDO_GENERATORS. */
  readonly names: readonly string[];
  find(name: string): Generator | undefined;
  /**
   * Returns the generator for one generation. If `wish` permits several generators, they are tried in order, as
   * `inTurn` describes. If none of them exists any more, `start` rejects with INVALID_PARAMETER. `own` contains the
   * generators that are opened with the business's own keys and addresses. Such a generator is used instead of the
   * configured generator with the same name. Names in `own` that no configured generator has are ignored.
   */
  generatorFor(wish: GeneratorWish, own?: ReadonlyMap<string, OwnGenerator>): Generator;
  /** Closes the configured generators, but not those in `own`. A second call does nothing. */
  close(): Promise<void>;
}

export interface GeneratorChoiceOptions {
  readonly onFallback?: OnFallback;
}

/** `named` must contain at least one generator. */
export function createGeneratorChoice(
  named: readonly NamedGenerator[],
  options: GeneratorChoiceOptions = {},
): GeneratorChoice {
  const places = new Map(
    named.flatMap(({ name, slots }) => (slots === undefined ? [] : [[name, createSlots(slots)] as const])),
  );
  const candidateOf = (name: string, { generator, isElsewhere }: OwnGenerator): Candidate => {
    const slots = isElsewhere ? undefined : places.get(name);
    const limited = slots === undefined ? generator : withSlots(generator, slots);
    return { name, generator: { ...limited, name } };
  };
  const candidates = new Map(
    named.map(({ name, generator }) => [name, candidateOf(name, { generator, isElsewhere: false })] as const),
  );
  const names = [...candidates.keys()];
  return {
    names,
    find: (name) => candidates.get(name)?.generator,
    generatorFor: (wish, own) => {
      const wanted = namesFor(wish, names);
      const found = wanted.flatMap((name) => {
        const brought = own?.get(name);
        const candidate = candidates.get(name);
        return candidate && brought ? candidateOf(name, brought) : (candidate ?? []);
      });
      return found.length > 0 ? inTurn(found, options.onFallback) : missing(wanted, named[0]!.generator);
    },
    async close() {
      await Promise.all(named.map(({ generator }) => generator.close()));
    },
  };
}

function namesFor({ wanted, madeBy, allowed }: GeneratorWish, all: readonly string[]): readonly string[] {
  // If the generator that began the piece no longer exists, the choice is the same as for a new piece.
  if (madeBy !== null && all.includes(madeBy)) return [madeBy];
  if (wanted !== null) return [wanted];
  return allowed ?? all;
}

const missing = (names: readonly string[], any: Generator): Generator => ({
  ...any,
  start: () =>
    Promise.reject(
      new AppError("INVALID_PARAMETER", `There is no generator "${names.join('" or "')}" any more.`, {
        hint: "Start the piece again with another generator.",
      }),
    ),
});

interface NamesOfBusiness {
  /** The names of all configured generators. */
  readonly names: readonly string[];
  readonly allowed: readonly string[] | undefined;
}

/**
 * Returns the names of the configured generators that a business is allowed to use, its default
 * first. If RONDO_GENERATORS is not set, the list is empty, because the only generator has no name.
 */
export const usableGenerators = ({ names, allowed }: NamesOfBusiness): readonly string[] =>
  (allowed ?? names).filter((one) => names.includes(one));

/**
 * Throws INVALID_PARAMETER if the business is not allowed to use the generator, or if the generator
 * doesn't exist. The hint lists the allowed generators.
 */
export function refuseOtherGenerator(name: string, of: NamesOfBusiness): void {
  const usable = usableGenerators(of);
  if (usable.includes(name)) return;
  const message = `There is no generator "${name}".`;
  throw new AppError("INVALID_PARAMETER", message, {
    faults: [{ at: "/generator", message }],
    hint:
      usable.length === 0
        ? "Leave out the parameter generator: there is only one generator."
        : `Use one of ${usable.join(", ")}.`,
  });
}
