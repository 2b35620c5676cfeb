// Reads the start times of the sections in a composition plan of ElevenLabs, and changes such plans.

export interface Section {
  readonly name: string;
  readonly startMs: number;
}

/**
 * Returns the sections of a plan, which are in `sections` (music_v1) or in `chunks` (music_v2).
 * Sections without a name are left out. Returns an empty list for a plan without sections.
 */
export function sectionsOf(composition: unknown): readonly Section[] {
  const found: Section[] = [];
  let startMs = 0;
  for (const part of partsOf(composition)) {
    const name = nameOf(part);
    if (name !== "") found.push({ name, startMs });
    startMs += lengthOf(part);
  }
  return found;
}

/**
 * Returns the name of the section that plays `ms` milliseconds after the start of the piece. A section without a name
 * counts as part of the named section before it. Returns undefined before the first named section.
 */
export const sectionAt = (sections: readonly Section[], ms: number): string | undefined =>
  sections.findLast(({ startMs }) => startMs <= ms)?.name;

/**
 * Returns the plan with one more style for the whole piece. If the change begins with "without",
 * "no", "less" or "fewer", the rest of the change is a negative style: "without drums" adds "drums"
 * to the styles that ElevenLabs avoids.
 */
export function withChange(composition: unknown, change: string): unknown {
  const avoided = /^\s*(?:without|no|less|fewer)\s+(.+)$/i.exec(change)?.[1];
  const kind = avoided === undefined ? "positive" : "negative";
  const style = avoided ?? change;
  const plan = composition as Part;
  if (listOf(composition) === "chunks") {
    const name = `${kind}_styles`;
    return {
      ...plan,
      chunks: partsOf(plan).map((part) => ({ ...part, [name]: [...listIn(part[name]), style] })),
    };
  }
  const name = `${kind}_global_styles`;
  return { ...plan, [name]: [...listIn(plan[name]), style] };
}

/**
 * Returns the plan, stretched to another length. A plan that has no lengths, or has the wanted length already, is
 * returned unchanged. The length of each part is multiplied by the same factor, with three exceptions:
 * - A part that would be too long for ElevenLabs becomes several parts. Only the first of them has the lyrics.
 * - A part that would be too short gets the minimum length. So the piece becomes longer than `durationMs`.
 * - A part without a length is left out.
 */
export function withLength(composition: unknown, durationMs: number): unknown {
  const parts = partsOf(composition);
  const before = parts.reduce((sum, part) => sum + lengthOf(part), 0);
  if (before === 0 || before === durationMs) return composition;
  const stretched = parts.flatMap((part) => splitTo(part, (lengthOf(part) * durationMs) / before));
  return { ...(composition as Part), [listOf(composition) ?? "sections"]: stretched };
}

/** The minimum and the maximum length that ElevenLabs accepts for a part, in milliseconds. */
const partMsMin = 3_000;
const partMsMax = 120_000;

function splitTo(part: Part, ms: number): readonly Part[] {
  const count = Math.ceil(ms / partMsMax);
  const duration_ms = Math.max(partMsMin, Math.round(ms / count));
  return Array.from({ length: count }, (_, at) => ({
    ...(at === 0 ? part : withoutWords(part)),
    duration_ms,
  }));
}

const withoutWords = (part: Part): Part => ({
  ...part,
  ...(Array.isArray(part.lines) ? { lines: [] } : {}),
  ...(typeof part.text === "string" ? { text: /^\s*\[[^\]]+\]/.exec(part.text)?.[0] ?? "" } : {}),
});

type Part = Readonly<Record<string, unknown>>;

const lengthOf = ({ duration_ms }: Part): number => (typeof duration_ms === "number" ? duration_ms : 0);

const listIn = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const listOf = (composition: unknown): "sections" | "chunks" | undefined => {
  const plan = composition as Part | null;
  if (typeof plan !== "object" || plan === null) return undefined;
  return Array.isArray(plan.sections) ? "sections" : Array.isArray(plan.chunks) ? "chunks" : undefined;
};

function partsOf(composition: unknown): readonly Part[] {
  const list = listOf(composition);
  if (list === undefined) return [];
  return listIn((composition as Part)[list]).filter(
    (part): part is Part => typeof part === "object" && part !== null,
  );
}

/** Returns the name of a section, or "". A chunk's text begins with the name: "[Verse 1]". */
function nameOf({ section_name, text }: Part): string {
  const inBrackets = typeof text === "string" ? /^\s*\[([^\]]+)\]/.exec(text)?.[1] : undefined;
  return (typeof section_name === "string" ? section_name : (inBrackets ?? ""))
    .trim()
    .toLowerCase()
    .slice(0, 60);
}
